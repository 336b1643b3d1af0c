"""What all benchmark tools need: the figures in a run's output, and tables."""
import re

FIGURE = re.compile(r"# figure (\S+)((?: \w+=[\d.]+)+)")
NOTE = re.compile(r"# note (\w+)=(\d+)")


class Failed(Exception):
    """A run that cannot be evaluated."""


def parse(text):
    """The figures in the output `text`, {name: {column: cost}}, and the notes, {name: n}."""
    figures = {name: {key: float(value) for key, value in re.findall(r"(\w+)=([\d.]+)", columns)}
               for name, columns in FIGURE.findall(text)}
    return figures, {name: int(value) for name, value in NOTE.findall(text)}


def number(value):
    """For people: thousands separated, and small costs not rounded away."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def print_table(heads, rows):
    """A table that is readable as it stands, and Markdown."""
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]

    def line(cells):
        padded = [cell.ljust(width) if not i else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(cells, widths))]
        return "| " + " | ".join(padded) + " |"
    print(line(heads))
    print("|" + "|".join("-" * (width + 1) + (":" if i else "-")
                         for i, width in enumerate(widths)) + "|")
    for row in rows:
        print(line(row))
    print()
