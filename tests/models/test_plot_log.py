"""The plot of training logs."""

import math
from pathlib import Path

import pytest
from PIL import Image

from models.plot_log import VALIDATION, draw, panels_of, read_log


def test_every_validation_set_is_drawn_and_empty_panels_are_not(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("step,psnr,psnr_noisy,psnr_mine,psnr_yours\n2,30,20,31,\n4,32,20,33,34\n")
    read = read_log(tmp_path)
    assert read["psnr_mine"] == [31, 33]
    assert math.isnan(read["psnr_yours"][0])
    panels = panels_of([read])
    assert panels[VALIDATION] == ["psnr_mine", "psnr_yours"]
    assert list(panels) == [VALIDATION, "PSNR on training crops, dB"]
    draw({"run": read}, tmp_path / "plots" / "log.png")
    with Image.open(tmp_path / "plots" / "log.png") as picture:
        assert picture.height > 400


def test_a_log_without_rows_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,psnr\n")
    with pytest.raises(ValueError, match=r"log\.csv has no rows yet"):
        read_log(tmp_path)
