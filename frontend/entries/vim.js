export * from "@replit/codemirror-vim";
