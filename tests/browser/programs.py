"""A program in each language of the page's table, as people write them: typed by tests, never run.

Each has what editors get wrong: words that end a line and begin longer ones, imports, brackets and
braces over several lines, quotes within quotes, comments with apostrophes, numbers.
"""

from __future__ import annotations

from typing import Final

PROGRAMS: Final = {
    "python": '''import os
import re
from collections import deque
def find(text, key=None):
    """Don't stop: it's (almost) done."""
    for part in re.split(r"\\s+", text):
        if part == 'it\\'s':
            break
    pairs = {"a": [1, 2], 'b': (3,)}
    x = int
    print(f"{pairs['a']} {x!r}", end='')
    return None
''',
    "javascript": """import fs from "node:fs";
const done = true
let text = `it's ${done ? "yes" : 'no'}`;
function each(list, does) {
  for (const item of list) {
    if (item === null) { continue }
    does({ item, at: [1, 2.5e3] });
  }
  return true
}
const page = () => <p class="a">don't</p>;
each([1], (one) => {
  console.log(one, text); // it's done
});
""",
    "typescript": """import { readFile } from "node:fs";
interface Point { x: number; y?: string }
type Pair<T> = [T, T];
export class Box<T extends object> {
  private items: Array<T> = [];
  get(at: number): T | null {
    return this.items[at] ?? null
  }
}
const it = { a: 'b"c', d: "it's" } as const
""",
    "shell": """#!/bin/sh
# it's a test
for name in a b; do
  if [ "$name" = 'a' ]; then
    echo "it's $(date +%s) ${name:-none}"
  else
    break
  fi
done
case $1 in x) exit 1 ;; esac
""",
    "c": """#include <stdio.h>
#include "my.h"
int main(void) {
    char quote = '"', other = '\\'';
    for (int i = 0; i < 10; i++) {
        if (i == 3) break;
        printf("%d it's\\n", i); // don't
    }
    int a[] = {1, 2};
    return 0;
}
""",
    "cpp": """#include <vector>
using namespace std;
template <typename T> struct Box {
    vector<T> items{};
    auto get(int at) const { return items[at]; }
};
int main() {
    auto f = [&](int x) -> int {
        return x + 1'000;
    };
    return f(1);
}
""",
    "go": """package main
import "fmt"
func main() {
	for i := 0; i < 3; i++ {
		if i == 1 {
			continue
		}
		fmt.Println('a', "it's", `raw`, []int{1, 2})
	}
	x := map[string]int{"a": 1}
	_ = x
}
""",
    "rust": """use std::collections::HashMap;
fn longest<'a>(one: &'a str, other: &'a str) -> &'a str {
    let found = match one.len() {
        0 => other,
        _ => { one }
    };
    println!("{} it's", found); // don't
    found
}
fn main() {
    let c = 'x';
    let v = vec![1, 2];
}
""",
    "java": """import java.util.List;
public class Main {
    static final char QUOTE = '"';
    public static void main(String[] args) {
        for (String arg : args) {
            if (arg == null) break;
            System.out.println("it's " + arg);
        }
        int[] all = {1, 2};
        Runnable r = () -> { return; };
    }
}
""",
    "php": """<?php
use App\\Thing;
function each($list) {
    foreach ($list as $key => $item) {
        if ($item === null) break;
        echo "it's {$item['a']}", 'don"t';
    }
    return [1, 'a' => true];
}
""",
    "sql": """SELECT name, count(*) AS total
FROM people p
WHERE name = 'O''Brien' AND id IN (1, 2)
GROUP BY name
ORDER BY total DESC;
-- it's done
INSERT INTO people (name) VALUES ('a"b');
""",
    "html": """<!doctype html>
<html lang="en">
<body class="a">
<p>It's <b>bold</b> <br> (not "quoted")</p>
<ul>
<li>one</li>
</ul>
<script>
if (a < b) { run("it's"); }
</script>
<style>
p { color: red; }
</style>
</body>
</html>
""",
    "css": """@import "other.css";
a:hover, .b > c {
  color: red;
  margin: 0 auto;
  background: url("it's.png");
}
@media (min-width: 10px) {
  p { width: calc(1px + 2em) }
}
""",
    "json": """{
  "a": [1, 2.5e3, true],
  "it's": { "b": null },
  "c": "say \\"hi\\""
}
""",
    "markdown": """# It's a title
Some *text* with `code` (and "quotes").
- one
- two
1. first
2. second
> quoted
```python
import os
```
[link](http://a.b/c)
""",
    "ruby": """require 'set'
def find(list, key: nil)
  list.each do |item|
    break if item == "it's"
    puts "#{item} #{key['a']}"
  end
  { a: 1, 'b' => [2, 3] }
end
""",
    "perl": """use strict;
my %h = ('a' => 1, "b" => [2, 3]);
foreach my $key (keys %h) {
    next if $key eq 'a';
    print "it's $h{'b'} @{[1]}\\n"; # don't
}
""",
    "lua": """local t = { a = 1, ['b'] = "it's" }
for k, v in pairs(t) do
  if v == nil then break end
  print(k .. ' is "' .. tostring(v) .. '"') -- don't
end
return t
""",
    "yaml": """# it's
name: don't
on: true
list: [1, 2]
map: { a: 'b"c' }
items:
- one
- "two"
""",
    "text": """It's a text (with "quotes") and 'more'.
Photosynthesis begins
Photo
The rock 'n' roll of '90s
""",
}
