"""The page as its users meet it: mouse, keyboard, phone, screen reader."""

import base64
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Route

from litedenoise_sdk import Denoiser, Strength
from tests.page.conftest import denoise, set_slider


def drawn(page: Page) -> NDArray[np.uint8]:
    """What the canvas shows, (H, W, 4)."""
    url = page.evaluate("document.getElementById('canvas').toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as image:
        return np.asarray(image)


def photo_at_full_size(page: Page) -> NDArray[np.uint8]:
    """The 400x300 photo in the middle of the canvas at 100 %."""
    page.click("text=100 %")
    canvas = drawn(page)
    top, left = round(canvas.shape[0] / 2 - 150), round(canvas.shape[1] / 2 - 200)
    return canvas[top : top + 300, left : left + 400, :3]


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_photo_from_choosing_to_download(page: Page, photo: Path, tmp_path: Path) -> None:
    denoise(page, photo)
    assert page.inner_text("#name") == photo.name
    assert "on cpu" in page.inner_text("#status")
    assert "400 × 300" in page.inner_text("#facts")
    set_slider(page, "strength", 80)
    set_slider(page, "chroma", 100)
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == photo.name
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    with Image.open(saved) as image:
        assert image.getexif()[0x010F] == "A camera"
    with Denoiser("int8", max_memory_mb=100) as denoiser:
        expected = denoiser.denoise(pixels(photo), Strength(0.8, chroma=1.0))
    np.testing.assert_array_equal(pixels(saved), expected)


def test_files_that_are_no_photos_are_counted(page: Page, photo: Path, tmp_path: Path) -> None:
    files = [photo, tmp_path / "a.mp4", tmp_path / "b.mp4", tmp_path / "c.pdf"]
    for file in files[1:]:
        file.write_bytes(b"x")
    page.set_input_files("input[type=file]", files)
    assert page.inner_text("#skipped") == "3 skipped: 2 videos; 1 other file"
    page.wait_for_selector("#download:enabled")


def test_sliders_answer_without_the_service_as_it_would(page: Page, photo: Path) -> None:
    denoise(page, photo)
    page.focus("#divider")
    page.keyboard.press("Home")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with Denoiser("int8", max_memory_mb=100) as denoiser:
        restoration = denoiser.restore(pixels(photo))
    for strength, luma, chroma in ((100, 100, 100), (40, 40, 40), (40, 0, 90), (0, 0, 0)):
        for name, value in (("strength", strength), ("luma", luma), ("chroma", chroma)):
            set_slider(page, name, value)
        expected = restoration.blend(Strength(luma=luma / 100, chroma=chroma / 100))
        shown = photo_at_full_size(page).astype(int)
        assert np.abs(shown - expected).max() <= 1
    assert asked == []


def test_the_divider_parts_before_from_after(page: Page, photo: Path) -> None:
    denoise(page, photo)
    shown = photo_at_full_size(page)
    before = pixels(photo)
    np.testing.assert_array_equal(shown[:, :190], before[:, :190])
    assert (shown[:, 210:] != before[:, 210:]).mean() > 0.5
    divider, viewer = page.locator("#divider"), page.locator("#viewer").bounding_box()
    assert viewer is not None
    page.mouse.move(viewer["x"] + viewer["width"] / 2, viewer["y"] + viewer["height"] / 2)
    page.mouse.down()
    page.mouse.move(viewer["x"] + viewer["width"] * 0.25, viewer["y"] + 100)
    page.mouse.up()
    assert divider.get_attribute("aria-valuenow") == "25"
    page.keyboard.press("ArrowRight")
    assert divider.get_attribute("aria-valuenow") == "27"
    page.keyboard.press("End")
    assert divider.get_attribute("aria-valuetext") == "100 % shows the photo before"
    np.testing.assert_array_equal(photo_at_full_size(page), before)


def test_400_percent_shows_every_pixel_as_a_square(page: Page, photo: Path) -> None:
    denoise(page, photo)
    page.focus("#divider")
    page.keyboard.press("End")
    page.click("text=400 %")
    canvas = drawn(page)[..., :3]
    height, width = canvas.shape[:2]
    top, left = round(height / 2 - 4 * 150) % 4, round(width / 2 - 4 * 200) % 4
    squares = canvas[top : top + height // 8 * 4, left : left + width // 8 * 4]
    enlarged = squares[::4, ::4].repeat(4, 0).repeat(4, 1)
    np.testing.assert_array_equal(enlarged, squares)


def test_keys_zoom_and_move(page: Page, photo: Path) -> None:
    denoise(page, photo)
    page.focus("#viewer")
    fitted = drawn(page)
    page.keyboard.press("4")
    assert page.get_attribute("[data-zoom='4']", "aria-pressed") == "true"
    zoomed = drawn(page)
    page.keyboard.press("ArrowRight")
    assert (drawn(page) != zoomed).any()
    page.keyboard.press("0")
    np.testing.assert_array_equal(drawn(page), fitted)


def test_luma_and_chroma_follow_strength_until_moved(page: Page, photo: Path) -> None:
    denoise(page, photo)
    set_slider(page, "strength", 60)
    assert page.inner_text("#luma-value") == page.inner_text("#chroma-value") == "60"
    set_slider(page, "luma", 20)
    set_slider(page, "strength", 70)
    assert (page.inner_text("#luma-value"), page.inner_text("#chroma-value")) == ("20", "70")
    page.click("#link")
    assert page.inner_text("#luma-value") == "70"


def test_tiff_is_shown_though_the_browser_cannot(page: Page, photo: Path, tmp_path: Path) -> None:
    tiff = tmp_path / "scan.tif"
    Image.fromarray(pixels(photo)).save(tiff)
    denoise(page, tiff)
    np.testing.assert_array_equal(photo_at_full_size(page)[:, :190], pixels(photo)[:, :190])
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "scan.tif"


def test_a_bad_file_says_why_and_the_next_one_works(
    page: Page, photo: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(photo.read_bytes()[:5000])
    page.set_input_files("#files", broken)
    page.wait_for_selector("#alert:not([hidden])")
    assert "cut short" in page.inner_text("#alert")
    assert page.is_disabled("#download")
    denoise(page, photo)
    assert page.is_hidden("#alert")


def test_several_photos_are_done_and_can_be_removed(
    page: Page, photo: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.png"
    second.write_bytes(photo.read_bytes())
    denoise(page, photo, second)
    page.wait_for_selector("#all:not([hidden])")
    page.click("[aria-label='second.png, done']")
    assert page.inner_text("#name") == "second.png"
    page.click("#remove")
    assert page.inner_text("#name") == photo.name
    assert page.is_hidden("#strip")
    page.click("#remove")
    assert page.is_visible("#choose")


def test_photos_can_be_dropped_and_pasted(page: Page, photo: Path) -> None:
    data = base64.b64encode(photo.read_bytes()).decode()
    for kind in ("drop", "paste"):
        page.evaluate(
            """async ([kind, data]) => {
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], `${kind}.png`, { type: "image/png" }));
                document.dispatchEvent(kind === "drop"
                  ? new DragEvent(kind, { dataTransfer: transfer })
                  : new ClipboardEvent(kind, { clipboardData: transfer }));
            }""",
            [kind, data],
        )
        page.wait_for_selector("#download:not([disabled])")
        assert page.inner_text("#name") == f"{kind}.png"


def test_blocks_fill_in_as_they_are_done(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "large.png"
    Image.new("RGB", (640, 480), "gray").save(photo)
    page.evaluate(
        """() => {
            window.seen = [];
            new MutationObserver(() => {
              const cells = [...document.querySelectorAll("#blocks:not([hidden]) i")];
              window.seen.push([cells.filter((one) => one.className === "done").length,
                                cells.length]);
            }).observe(document.getElementById("blocks"), { subtree: true, childList: true,
                                                            attributes: true });
        }"""
    )
    denoise(page, photo)
    seen: list[list[int]] = page.evaluate("window.seen.filter(([, total]) => total)")
    totals = {total for _, total in seen}
    (total,) = totals
    assert total > 1
    assert max(done for done, _ in seen) == total


def test_a_photo_dropped_before_the_page_knows_the_precisions_waits(
    page: Page, photo: Path
) -> None:
    held: list[Route] = []
    page.route("**/v1/models", lambda route: held.append(route))
    with page.expect_request("**/v1/models"):
        page.reload()
    page.set_input_files("#files", photo)
    page.wait_for_selector("#viewer canvas")
    assert page.inner_text("#status") == "Waiting for its turn"
    (request,) = held
    request.fulfill(json={"models": [{"precision": "int8"}]})
    page.wait_for_selector("#download:not([disabled])")


def test_a_large_photo_reaches_the_graphics_processor_in_parts(page: Page) -> None:
    found = page.evaluate(
        """async () => {
          const { Textures } = await import("/page/textures.js");
          const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
          const textures = new Textures(gl);
          textures.make();
          const [width, height] = [1500, 800];
          const pixels = new ImageData(width, height);
          pixels.data.forEach((_, at) => {
            pixels.data[at] = at % 4 === 3 ? 255 : (at * 7 + (at >> 10)) % 251;
          });
          const bitmap = () => createImageBitmap(pixels);
          let answers = 0;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => { answers++; port2.postMessage(null); };
          port2.postMessage(null);
          const isThere = await textures.upload(1, await bitmap());
          port1.close();
          const frame = gl.createFramebuffer();
          gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
          const texture = gl.getParameter(gl.TEXTURE_BINDING_2D);
          const place = gl.COLOR_ATTACHMENT0;
          gl.framebufferTexture2D(gl.FRAMEBUFFER, place, gl.TEXTURE_2D, texture, 0);
          const seen = new Uint8ClampedArray(4 * width * height);
          gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, seen);
          const isSame = seen.every((value, at) => value === pixels.data[at]);
          const stopped = textures.upload(1, await bitmap());
          textures.stop(1);
          return { isThere, isSame, answers, isStopped: !(await stopped) };
        }"""
    )
    assert found.pop("answers") > 1
    assert found == {"isThere": True, "isSame": True, "isStopped": True}
