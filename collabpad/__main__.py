"""`python -m collabpad` is the command `collabpad`."""

from .cli import main

if __name__ == "__main__":
    main()
