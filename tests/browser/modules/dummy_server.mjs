import { Y, fromBase64, toBase64 } from "../../../collabpad/static/vendor/editor.js";
import { crc32 } from "../../../collabpad/static/js/doc_compare.js";
import { Provider } from "../../../collabpad/static/js/provider.js";

/** The server's side of one document, in a few lines: stores, acknowledges, passes on. */
export class DummyServer {
    doc = new Y.Doc();
    /** @type {Page[]} */
    pages = [];
    seq = 0;

    get text() {
        return this.doc.getText("content").toString();
    }

    /** @param {string} text */
    write(text) {
        this.doc.getText("content").insert(0, text);
    }

    /** @param {string} stateVector */
    welcome(stateVector) {
        return {
            update: toBase64(Y.encodeStateAsUpdate(this.doc, fromBase64(stateVector))),
            state_vector: toBase64(Y.encodeStateVector(this.doc)),
        };
    }

    /** @param {{state_vector: string, hash: number}} page */
    check({ state_vector, hash }) {
        const ours = this.welcome(state_vector);
        if (ours.state_vector !== state_vector) {
            return { ok: true, same: false, astray: false, ...ours };
        }
        const same = crc32(this.text) === hash;
        return { ok: true, same, astray: !same, ...(same ? {} : ours) };
    }

    /** @param {string} update @param {Page} from */
    take(update, from) {
        Y.applyUpdate(this.doc, fromBase64(update));
        this.seq += 1;
        for (const page of this.pages) {
            if (page !== from && page.joined) page.provider.receive({ update });
        }
        return { ok: true, seq: this.seq };
    }
}

/** One page with its provider; the test decides when the server answers. */
export class Page {
    joined = false;
    /** Updates on their way, oldest first, each with the way to answer it. */
    underway = [];
    /** @type {(object | null)[]} */
    replacements = [];
    rejoins = 0;

    /** @param {DummyServer} server */
    constructor(server) {
        this.server = server;
        this.provider = new Provider({
            request: (event, payload) => {
                if (event === "doc_check") return Promise.resolve(this.server.check(payload));
                return new Promise((resolve, reject) => {
                    this.underway.push({ update: payload.update, resolve, reject });
                });
            },
            rejoin: () => {
                this.rejoins += 1;
                this.join();
            },
        });
        this.provider.on("replaced", (loss) => this.replacements.push(loss));
        server.pages.push(this);
    }

    get text() {
        return this.provider.text.toString();
    }

    join() {
        const welcome = this.server.welcome(this.provider.stateVector());
        this.joined = true;
        this.provider.joined(welcome);
        return this;
    }

    drop() {
        this.joined = false;
        this.provider.disconnected();
        for (const { reject } of this.underway.splice(0)) reject(new Error("connection lost"));
    }

    /** @param {string} text @param {number} [at] */
    type(text, at = this.text.length) {
        this.provider.text.insert(at, text);
    }

    /** Lets the server take the oldest update that is underway. */
    async deliver() {
        const sent = this.underway.shift();
        sent.resolve(this.server.take(sent.update, this));
        await settled();
    }

    async deliverAll() {
        while (this.underway.length > 0) await this.deliver();
    }

    /** @param {string} code */
    async refuse(code) {
        this.underway.shift().resolve({ ok: false, error: { code, message: code } });
        await settled();
    }
}

/** Promises that are due have run. */
export async function settled() {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}
