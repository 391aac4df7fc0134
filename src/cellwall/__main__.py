"""`python -m cellwall` is the command `cellwall`."""

from cellwall.cli.main import main

if __name__ == "__main__":
    main()
