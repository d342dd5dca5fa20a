"""Draws the logs of training runs.

python -m models.plot_log runs/distilled/student runs/distilled/teacher -o build/training.png
"""

import argparse
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.training.checkpoints import LOG_FILE

PANELS: Mapping[str, Sequence[str]] = {
    "PSNR on training crops, dB": ("psnr", "psnr_teacher", "psnr_noisy"),
    "loss": ("loss", "loss_teacher"),
    "standard deviation": ("residual_std", "noise_std"),
}
"""Panels of the plot and the columns of the log in each; above them one for the validation sets,
whose columns are called ``psnr_`` and the folder's name."""
VALIDATION = "PSNR on validation sets, dB"

Log = Mapping[str, Sequence[float]]


def read_log(run: Path) -> Log:
    """The columns of a run's log, by name; the folder or the file itself. What was not measured is
    NaN.

    Raises:
        ValueError: the log has no row yet.
    """
    path = run / LOG_FILE if run.is_dir() else run
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path} has no rows yet; wait for the first checkpoint")
    return {name: [float(row[name] or "nan") for row in rows] for name in rows[0]}


def panels_of(logs: Sequence[Log]) -> Mapping[str, Sequence[str]]:
    """The panels that some log has a column for, validation first, with all their columns."""
    columns = list(dict.fromkeys(column for log in logs for column in log))
    known = {column for names in PANELS.values() for column in names}
    sets = [name for name in columns if name.startswith("psnr_") and name not in known]
    panels: dict[str, Sequence[str]] = {VALIDATION: sets, **PANELS}
    return {
        title: names for title, names in panels.items() if any(name in columns for name in names)
    }


def draw(logs: Mapping[str, Log], path: Path) -> None:
    """Saves a plot of all logs over steps; panels that no log has a column for are left out."""
    from matplotlib.figure import Figure

    panels = panels_of(list(logs.values()))
    figure = Figure(figsize=(8, 2.6 * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, (title, columns) in zip(axes, panels.items(), strict=True):
        for name, log in logs.items():
            for column in columns:
                if column in log:
                    axis.plot(log["step"], log[column], label=f"{name}: {column}", linewidth=1)
        axis.set_ylabel(title)
        axis.grid(alpha=0.3)
        axis.legend(fontsize="small")
    axes[-1].set_xlabel("step")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path, help="folders of runs, or log.csv files")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture to write")
    arguments = parser.parse_args()
    draw({str(run): read_log(run) for run in arguments.runs}, arguments.output)


if __name__ == "__main__":
    main()
