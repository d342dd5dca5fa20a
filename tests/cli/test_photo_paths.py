"""Files, folders and patterns to pairs of input and output."""

from pathlib import Path

import pytest

from litedenoise_sdk.cli.photo_paths import PhotoPaths, find_photos
from litedenoise_sdk.errors import OptionsError


def kind_passed_over(name: str) -> str | None:
    return None if Path(name).suffix.lower() in (".jpg", ".png") else "other file"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    (folder / "deeper").mkdir(parents=True)
    for name in ("b.jpg", "a.PNG", "notes.txt", ".hidden.jpg", "deeper/c.jpg"):
        (folder / name).touch()
    return folder


def paths(*photos: Path | str, output: Path | str, name_suffix: str = "") -> list[PhotoPaths]:
    names = [str(photo) for photo in photos]
    return find_photos(names, str(output), name_suffix, kind_passed_over)[0]


def test_one_file_to_one_file(album: Path) -> None:
    target = album / "out.png"
    assert paths(album / "b.jpg", output=target) == [PhotoPaths(album / "b.jpg", target)]


def test_one_file_into_a_folder_that_exists(album: Path, tmp_path: Path) -> None:
    assert paths(album / "b.jpg", output=tmp_path) == [
        PhotoPaths(album / "b.jpg", tmp_path / "b.jpg")
    ]


def test_one_file_into_a_folder_that_is_to_be_made(album: Path, tmp_path: Path) -> None:
    found = paths(album / "b.jpg", output=f"{tmp_path}/new/", name_suffix="_clean")
    assert found == [PhotoPaths(album / "b.jpg", tmp_path / "new/b_clean.jpg")]
    assert not (tmp_path / "new").exists()


def test_a_folder_gives_its_visible_pictures_in_order(album: Path, tmp_path: Path) -> None:
    found = paths(album, output=tmp_path / "new")
    assert [photo.source.name for photo in found] == ["a.PNG", "b.jpg"]
    assert [photo.target for photo in found] == [tmp_path / "new/a.PNG", tmp_path / "new/b.jpg"]


def test_patterns_are_expanded_and_reach_subfolders(album: Path, tmp_path: Path) -> None:
    found = paths(f"{album}/**/*.jpg", output=tmp_path)
    assert [photo.source for photo in found] == [album / "b.jpg", album / "deeper/c.jpg"]


def test_a_name_with_brackets_that_exists_is_no_pattern(album: Path, tmp_path: Path) -> None:
    odd = album / "[1].jpg"
    odd.touch()
    assert paths(odd, output=tmp_path) == [PhotoPaths(odd, tmp_path / "[1].jpg")]


def test_a_photo_named_twice_is_done_once(album: Path, tmp_path: Path) -> None:
    assert len(paths(album / "b.jpg", album, output=tmp_path)) == 2


def test_what_is_not_there_is_a_problem_of_its_own(album: Path, tmp_path: Path) -> None:
    found = paths("gone.jpg", f"{album}/*.webp", album / "deeper", output=tmp_path)
    assert [photo.problem for photo in found] == [
        "no such file",
        "no file matches this pattern",
        None,
    ]
    assert found[0].target is None


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    (photo,) = paths(tmp_path, output=tmp_path / "new")
    assert photo.problem is not None
    assert "no pictures" in photo.problem


def test_two_photos_never_share_an_output(album: Path, tmp_path: Path) -> None:
    (album / "deeper/b.jpg").touch()
    first, second = paths(album / "b.jpg", album / "deeper/b.jpg", output=tmp_path)
    assert first.target == tmp_path / "b.jpg"
    assert second.target is None
    assert second.problem is not None
    assert "already" in second.problem


def test_results_of_an_earlier_run_are_not_denoised_again(album: Path) -> None:
    (album / "b_clean.jpg").touch()
    found = paths(album, output=album, name_suffix="_clean")
    assert [photo.source.name for photo in found] == ["a.PNG", "b.jpg"]


def test_several_photos_do_not_fit_into_one_file(album: Path) -> None:
    with pytest.raises(OptionsError, match="output folder"):
        paths(album, output=album / "b.jpg")


@pytest.mark.parametrize("names", [["photo.jpg", ""], ["", "out.jpg"]])
def test_variables_that_were_not_set_are_no_names(names: list[str]) -> None:
    with pytest.raises(OptionsError, match="an empty one"):
        find_photos(names[:1], names[1], "", lambda _: None)


def test_suffixes_lead_out_of_no_folder(album: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="a part of names"):
        paths(album, output=tmp_path / "out", name_suffix="/../../x")


def test_two_photos_make_no_folder_that_is_called_like_a_picture(album: Path) -> None:
    with pytest.raises(OptionsError, match="several photos"):
        paths(album, output=album / "new.jpg")
    assert paths(album, output=f"{album}/new.jpg/")[0].target == album / "new.jpg/a.PNG"


def test_what_is_no_picture_is_counted(album: Path, tmp_path: Path) -> None:
    _, passed_over = find_photos([str(album)], str(tmp_path), "", kind_passed_over)
    assert passed_over == {"other file": 1}  # neither hidden files nor subfolders
