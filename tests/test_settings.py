"""A setting comes from where it was said with most weight; what cannot be is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.addresses import is_loopback
from collabpad.configuration import Configuration, resolve
from collabpad.errors import StartError, UsageProblem
from collabpad.setting_sources import all_settings, variable
from collabpad.settings import Settings


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def resolved(
    config_file: Path, text: str = "", environ: dict[str, str] | None = None, **flags: Any
) -> Configuration:
    config_file.write_text(text, encoding="utf-8")
    return resolve(flags, {"COLLABPAD_CONFIG": str(config_file), **(environ or {})})


def refusal(config_file: Path, text: str = "", **said: Any) -> str:
    with pytest.raises(UsageProblem) as caught:
        resolved(config_file, text, **said)
    message = caught.value.message
    assert message.count("\n") == 0
    assert message.endswith((".", "?"))
    return message


class TestWhoDecides:
    def test_nobody_says_anything(self, config_file: Path) -> None:
        found = resolved(config_file)
        assert found.settings.port == Settings().port == 5000
        assert found.settings.host == "127.0.0.1"
        assert found.choices["port"].source == "default"

    def test_the_file_beats_the_default(self, config_file: Path) -> None:
        found = resolved(config_file, "port = 6000")
        assert found.settings.port == 6000
        assert found.choices["port"].source == str(config_file)

    def test_the_environment_beats_the_file(self, config_file: Path) -> None:
        found = resolved(config_file, "port = 6000", {"COLLABPAD_PORT": "7000"})
        assert found.settings.port == 7000
        assert found.choices["port"].source == "COLLABPAD_PORT"

    def test_a_flag_beats_all(self, config_file: Path) -> None:
        found = resolved(config_file, "port = 6000", {"COLLABPAD_PORT": "7000"}, port="8000")
        assert found.settings.port == 8000
        assert found.choices["port"].source == "--port"

    def test_the_no_form_of_a_flag_is_named_as_it_was_typed(self, config_file: Path) -> None:
        found = resolved(config_file, rate_limits=False)
        assert found.settings.rate_limits is False
        assert found.choices["rate_limits"].source == "--no-rate-limits"

    def test_folders_are_filled_in(self, config_file: Path) -> None:
        settings = resolved(config_file).settings
        assert settings.data_dir is not None
        assert settings.data_dir.is_absolute()
        assert settings.runtime_dir is not None

    def test_every_setting_can_come_from_its_variable(self, config_file: Path) -> None:
        for name, field in all_settings():
            if str(field.type) in ("int", "float"):
                value = field.metadata["low"]
                found = resolved(config_file, environ={variable(name): f"{value:g}"})
                assert found.choices[name].value == value
                assert found.choices[name].source == variable(name)

    def test_a_missing_default_file_is_no_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        monkeypatch.setenv("HOME", str(tmp_path))
        missing = resolve({}, {}).config_file
        assert missing is not None
        assert not missing.exists()


class TestValues:
    def test_limits_stand_in_a_table_and_may_be_sizes(self, config_file: Path) -> None:
        text = '[limits]\ndocument = "2 MiB"\nstdin = 0\n'
        limits = resolved(config_file, text, {"COLLABPAD_LIMITS_FRAME": "8m"}).settings.limits
        assert (limits.document, limits.stdin, limits.frame) == (2 << 20, 0, 8 << 20)

    def test_hosts_come_as_a_list_or_with_commas_and_once(self, config_file: Path) -> None:
        by_file = resolved(config_file, 'allow_hosts = ["Pad.example.org", "pad.example.org"]')
        by_variable = resolved(
            config_file, environ={"COLLABPAD_ALLOW_HOSTS": "a.example, b.example"}
        )
        assert by_file.settings.allow_hosts == ("pad.example.org",)
        assert by_variable.settings.allow_hosts == ("a.example", "b.example")

    def test_a_relative_path_starts_where_it_was_said(
        self, config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
        assert resolved(config_file, 'data_dir = "pads"').settings.data_dir == tmp_path / "pads"
        assert resolved(config_file, data_dir="pads").settings.data_dir == elsewhere / "pads"

    @pytest.mark.parametrize(
        ("given_path", "kept"), [("/pad/", "/pad"), ("/", ""), ("", ""), ("/a/b-c.d", "/a/b-c.d")]
    )
    def test_base_paths(self, config_file: Path, given_path: str, kept: str) -> None:
        assert resolved(config_file, base_path=given_path).settings.base_path == kept

    def test_a_bare_public_origin_gets_the_base_path(self, config_file: Path) -> None:
        bare = resolved(config_file, base_path="/pad", public_url="https://example.org/")
        whole = resolved(config_file, base_path="/pad", public_url="https://example.org/code")
        assert bare.settings.public_url == "https://example.org/pad"
        assert whole.settings.public_url == "https://example.org/code"

    @pytest.mark.parametrize("word", ["1", "true", "Yes", "on"])
    def test_words_for_true(self, config_file: Path, word: str) -> None:
        assert resolved(config_file, environ={"COLLABPAD_UNSAFE_RUN": word}).settings.unsafe_run

    @pytest.mark.parametrize("word", ["0", "false", "No", "off", ""])
    def test_words_for_false(self, config_file: Path, word: str) -> None:
        found = resolved(config_file, "rate_limits = true", {"COLLABPAD_RATE_LIMITS": word})
        assert not found.settings.rate_limits


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("port", "abc"),
            ("port", "65536"),
            ("port", "-1"),
            ("port", "1.5"),
            ("port", "9" * 5000),
            ("run_timeout", "nan"),
            ("run_timeout", "inf"),
            ("run_timeout", "soon"),
            ("chat_cap", "0"),
            ("host", "http://127.0.0.1"),
            ("host", "127.0.0.1:5000"),
            ("host", ""),
            ("base_path", "pad"),
            ("base_path", "/../etc"),
            ("base_path", "/a//b"),
            ("base_path", "/<b>"),
            ("public_url", "example.org"),
            ("public_url", "ftp://example.org"),
            ("public_url", "https://ann:secret@example.org"),
            ("public_url", "https://example.org/?token=x"),
            ("public_url", "https://example.org:port"),
            ("log_level", "loud"),
            ("run_backend", "hope"),
            ("data_dir", " "),
            ("data_dir", "a\0b"),
        ],
    )
    def test_a_value_out_of_bounds_names_its_flag(
        self, config_file: Path, name: str, value: str
    ) -> None:
        assert refusal(config_file, **{name: value}).startswith(f"--{name.replace('_', '-')} must")

    @pytest.mark.parametrize(
        "text",
        ['port = "a"', "port = true", "lan = 1", "host = 1", "allow_hosts = [1]", "port = []"],
    )
    def test_a_wrong_type_in_the_file_names_the_file(self, config_file: Path, text: str) -> None:
        message = refusal(config_file, text)
        assert f"{text.split(maxsplit=1)[0]} in {config_file} must be" in message

    def test_unknown_names_are_told_with_the_nearest_known(self, config_file: Path) -> None:
        assert "Did you mean port?" in refusal(config_file, "prot = 1")
        assert "Did you mean limits.frame?" in refusal(config_file, "[limits]\nframes = 1")
        variables = {"COLLABPAD_PROT": "1"}
        assert "Did you mean COLLABPAD_PORT?" in refusal(config_file, environ=variables)

    def test_broken_toml_names_file_and_line(self, config_file: Path) -> None:
        message = refusal(config_file, "port = = 1")
        assert str(config_file) in message
        assert "line 1" in message

    @pytest.mark.parametrize(
        "text", ["port = " + "9" * 5000, "port = 0x" + "f" * 5000, "port = " + "[" * 5000]
    )
    def test_absurd_toml_is_still_one_sentence(self, config_file: Path, text: str) -> None:
        assert str(config_file) in refusal(config_file, text)

    def test_a_named_file_that_is_missing(self, tmp_path: Path) -> None:
        missing = tmp_path / "none.toml"
        with pytest.raises(UsageProblem, match="does not exist"):
            resolve({}, {"COLLABPAD_CONFIG": str(missing)})

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match="cannot be read"):
            resolve({}, {"COLLABPAD_CONFIG": str(tmp_path)})
        (tmp_path / "latin.toml").write_bytes(b'host = "\xe9"')
        with pytest.raises(StartError, match="cannot be read"):
            resolve({}, {"COLLABPAD_CONFIG": str(tmp_path / "latin.toml")})

    @given(st.text(), st.sampled_from([name for name, _ in all_settings()]))
    def test_no_text_at_all_does_worse_than_one_sentence(self, text: str, name: str) -> None:
        try:
            resolve({}, {"COLLABPAD_CONFIG": "/dev/null", variable(name): text})
        except UsageProblem as problem:
            assert variable(name) in problem.message  # noqa: PT017  most texts raise nothing


class TestLan:
    def test_lan_is_the_host_0_0_0_0_and_back(self, config_file: Path) -> None:
        by_lan = resolved(config_file, lan=True).settings
        by_host = resolved(config_file, host="0.0.0.0").settings
        assert by_lan == by_host
        assert (by_lan.host, by_lan.lan) == ("0.0.0.0", True)

    def test_a_host_typed_beats_lan_in_the_file(self, config_file: Path) -> None:
        settings = resolved(config_file, "lan = true", host="127.0.0.1").settings
        assert (settings.host, settings.lan) == ("127.0.0.1", False)

    def test_lan_typed_beats_a_host_in_the_file(self, config_file: Path) -> None:
        settings = resolved(config_file, 'host = "192.168.7.7"', lan=True).settings
        assert (settings.host, settings.lan) == ("0.0.0.0", True)

    def test_lan_switched_off_beats_a_host_in_the_file(self, config_file: Path) -> None:
        off = {"COLLABPAD_LAN": "0"}
        settings = resolved(config_file, 'host = "0.0.0.0"', off).settings
        assert (settings.host, settings.lan) == ("127.0.0.1", False)

    def test_both_at_once_contradict(self, config_file: Path) -> None:
        assert "--lan and --host" in refusal(config_file, lan=True, host="127.0.0.1")
        assert "lan and host in" in refusal(config_file, 'lan = false\nhost = "0.0.0.0"')


class TestToken:
    OWN = "correct-horse-battery"

    def test_from_the_environment(self, config_file: Path) -> None:
        found = resolved(config_file, environ={"COLLABPAD_TOKEN": self.OWN})
        assert found.settings.token == self.OWN

    @pytest.mark.parametrize("token", ["short", "with spaces in it", "x" * 257, "a\nb" * 10, ""])
    def test_one_that_will_not_do_is_never_repeated(self, config_file: Path, token: str) -> None:
        message = refusal(config_file, environ={"COLLABPAD_TOKEN": token})
        assert message.startswith("COLLABPAD_TOKEN must be a token of 16 to 256")
        assert not token or token not in message

    def test_never_in_the_config_file(self, config_file: Path) -> None:
        message = refusal(config_file, f'token = "{self.OWN}"')
        assert "token_file" in message
        assert self.OWN not in message

    def test_file_and_value_contradict_at_one_weight_only(self, config_file: Path) -> None:
        both = {"COLLABPAD_TOKEN": self.OWN, "COLLABPAD_TOKEN_FILE": "/run/token"}
        assert "contradict" in refusal(config_file, environ=both)
        typed = resolved(config_file, environ={"COLLABPAD_TOKEN": self.OWN}, token_file="/run/t")
        assert typed.settings.token is None
        assert typed.settings.token_file == Path("/run/t")

    def test_no_token_waives_one_from_the_file_but_not_one_typed_beside_it(
        self, config_file: Path
    ) -> None:
        waived = resolved(config_file, 'token_file = "token"', no_token=True).settings
        assert waived.no_token
        assert waived.token_file is None
        assert "contradict" in refusal(config_file, no_token=True, token_file="token")


class TestWhoIsLocal:
    def test_by_default_a_local_request_needs_no_token(self) -> None:
        assert Settings().trusts_local

    @pytest.mark.parametrize(
        "opened",
        [
            {"lan": True},
            {"host": "0.0.0.0"},
            {"host": "192.168.7.7"},
            {"host": "pad.example.org"},
            {"trust_proxy": 1},
            {"allow_hosts": ("pad.example.org",)},
            {"token": "correct-horse-battery"},
            {"token_file": Path("token")},
        ],
    )
    def test_whatever_lets_others_in_ends_that(self, opened: dict[str, Any]) -> None:
        assert not Settings(**opened).trusts_local

    @pytest.mark.parametrize(
        "host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
    )
    def test_loopback(self, host: str) -> None:
        assert is_loopback(host)

    @pytest.mark.parametrize(
        "host",
        ["0.0.0.0", "::", "192.168.1.1", "localhost.example.org", "127.0.0.1.nip.io", "", "1"],
    )
    def test_not_loopback(self, host: str) -> None:
        assert not is_loopback(host)


AWK = '[languages.awk]\nname = "AWK"\nrun = "awk -f {file}"\n'


class TestLanguages:
    def test_one_is_read_with_its_defaults(self, config_file: Path) -> None:
        found = resolved(config_file, AWK)
        (awk,) = found.settings.languages
        assert (awk.id, awk.name, awk.run) == ("awk", "AWK", ("awk", "-f", "{file}"))
        assert (awk.endings, awk.mode, awk.indent, awk.compile) == ((".awk",), "text", 2, None)
        assert found.choices["languages.awk"].source == str(config_file)

    def test_every_key(self, config_file: Path) -> None:
        text = AWK + (
            'compile = ["make", "{file}"]\ncompile_timeout = 3\nendings = ["AWK", ".gawk"]\n'
            'aliases = ["gawk"]\nmode = "perl"\nindent = 0\nexample = "x"\n'
            'environment = {LC_ALL = "C"}\n'
        )
        (awk,) = resolved(config_file, text).settings.languages
        assert (awk.compile, awk.compile_timeout) == (("make", "{file}"), 3.0)
        assert (awk.endings, awk.aliases) == ((".awk", ".gawk"), ("gawk",))
        assert (awk.mode, awk.indent, awk.example) == ("perl", 0, "x")
        assert awk.environment == {"LC_ALL": "C"}

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("languages = 3", "languages in FILE must be tables such as"),
            ("[languages]\nawk = 3", "languages.awk in FILE: it must be a table"),
            ('[languages.awk]\nrun = "awk"', "languages.awk in FILE: name is missing."),
            ('[languages.awk]\nname = "A"', "languages.awk in FILE: run is missing."),
            ('[languages."A b"]\nname = "A"', "languages.A b in FILE: the ID must begin"),
            (
                AWK + "comand = 1",
                "languages.awk in FILE: comand is not a key of a language (the keys are name, run",
            ),
            (AWK + "indents = 1", "(did you mean indent?)"),
            (AWK + 'mode = "vim"', "languages.awk in FILE: mode must be one of c, cpp"),
            (AWK + "indent = 9", "languages.awk in FILE: indent must be a number of spaces"),
            (AWK + "indent = true", "languages.awk in FILE: indent must be a number of spaces"),
            (AWK + "endings = []", "languages.awk in FILE: endings must be a list of endings"),
            (AWK + 'endings = ["a/b"]', "languages.awk in FILE: endings must be a list"),
            (AWK + "aliases = [1]", "languages.awk in FILE: aliases must be a list"),
            (AWK + "compile = []", "languages.awk in FILE: compile must be a command"),
            (AWK + 'compile = "./a"', "compile must begin with a program of this machine"),
            (AWK + "compile_timeout = 0", "compile_timeout must be between 0.1 and 600"),
            (AWK + "example = 1", "languages.awk in FILE: example must be a text"),
            (AWK + "environment = {a = 1}", "environment must be a table of texts"),
            (AWK + 'environment = {"a b" = "c"}', "environment must have names of letters"),
            ('[languages.a]\nname = "A"\nrun = ["./a"]', "there is no compile"),
            ('[languages.a]\nname = " "\nrun = "a"', "languages.a in FILE: name must be a text"),
            ('[languages.a]\nname = "A"\nrun = \'a "b\'', "run must be a command"),
        ],
    )
    def test_what_cannot_be_names_key_and_file(
        self, config_file: Path, text: str, told: str
    ) -> None:
        with pytest.raises(UsageProblem) as refused:
            resolved(config_file, text)
        assert told.replace("FILE", str(config_file)) in refused.value.message
