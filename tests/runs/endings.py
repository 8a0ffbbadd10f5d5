"""One program a language: what it prints is seen in its order, whatever ends it.

Each prints 200 lines, on stdout and stderr in turns, asks a question on stdout, reads the answer,
prints one word more without ending the line, and dies: without a chance to write what it kept
back, or by a program error.
"""

LINES = 200
QUESTION = "Name? "
LAST_WORD = "bye"

PROGRAMS = {
    "python": """
import os, sys
for number in range(200):
    print(number, file=sys.stderr if number % 2 else sys.stdout)
input("Name? ")
print("bye", end="")
os.abort()
""",
    "javascript": """
for (let number = 0; number < 200; number++) (number % 2 ? console.error : console.log)(number);
process.stdout.write("Name? ");
require("fs").readSync(0, Buffer.alloc(9));
process.stdout.write("bye");
process.kill(process.pid, "SIGKILL");
""",
    "typescript": """
import { readSync } from "node:fs";
for (let number: number = 0; number < 200; number++)
    (number % 2 ? console.error : console.log)(number);
process.stdout.write("Name? ");
readSync(0, Buffer.alloc(9));
process.stdout.write("bye");
process.exit(3);
""",
    "shell": """
for ((number = 0; number < 200; number++)); do
    if ((number % 2)); then echo $number >&2; else echo $number; fi
done
printf 'Name? '
read
printf bye
kill -9 $$
""",
    "c": """
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    char name[9];
    for (int number = 0; number < 200; number++)
        fprintf(number % 2 ? stderr : stdout, "%d\\n", number);
    printf("Name? ");
    if (scanf("%8s", name) == 1) {
        printf("bye");
        *(volatile int *) 0 = 1;
    }
}
""",
    "cpp": """
#include <cstdlib>
#include <iostream>
int main()
{
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    for (int number = 0; number < 200; number++)
        (number % 2 ? std::cerr : std::cout) << number << '\\n';
    std::cout << "Name? ";
    std::string name;
    std::cin >> name;
    std::cout << "bye";
    std::abort();
}
""",
    "go": """
package main
import ("fmt"; "os")
func main() {
    for number := 0; number < 200; number++ {
        if number % 2 == 1 { fmt.Fprintln(os.Stderr, number) } else { fmt.Println(number) }
    }
    fmt.Print("Name? ")
    var name string
    fmt.Scan(&name)
    fmt.Print("bye")
    os.Exit(3)
}
""",
    # Its print! keeps an unfinished line back, in a terminal as well.
    "rust": """
fn main() {
    for number in 0..200 {
        if number % 2 == 1 { eprintln!("{}", number) } else { println!("{}", number) }
    }
    eprint!("Name? ");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    eprint!("bye");
    std::process::abort();
}
""",
    "java": """
import java.util.Scanner;
class Main {
    public static void main(String[] arguments) {
        for (int number = 0; number < 200; number++)
            (number % 2 == 1 ? System.err : System.out).println(number);
        System.out.print("Name? ");
        new Scanner(System.in).nextLine();
        System.out.print("bye");
        Runtime.getRuntime().halt(3);
    }
}
""",
    "ruby": """
200.times { |number| (number.odd? ? $stderr : $stdout).puts number }
print "Name? "
gets
print "bye"
Process.kill :KILL, $$
""",
    "perl": """
for my $number (0 .. 199) { print { $number % 2 ? *STDERR : *STDOUT } "$number\\n" }
print "Name? ";
my $name = <STDIN>;
print "bye";
kill 9, $$;
""",
    "lua": """
for number = 0, 199 do
    (number % 2 == 1 and io.stderr or io.stdout):write(number, "\\n")
end
io.write("Name? ")
io.read()
io.write("bye")
io.stdout:setvbuf("full")  -- what it keeps from here on is never seen
while true do end
""",
    "php": """<?php
for ($number = 0; $number < 200; $number++)
    if ($number % 2) fwrite(STDERR, "$number\\n"); else echo "$number\\n";
echo "Name? ";
fgets(STDIN);
echo "bye";
posix_kill(getmypid(), 9);
""",
}
