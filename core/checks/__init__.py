"""The checks, one a file: frames in, a Result out."""
