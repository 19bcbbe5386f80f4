"""Pages in a real browser, without a network: what is shown when, what works by click and key, and without scripts."""

from __future__ import annotations

import json
import random
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import pytest

from player import pipeline
from player.cli._show_text import as_json
from player.export import pages
from player.export.captions import html
from player.export.options import ExportOptions
from player.export.page import document
from player.export.page.times import times
from player.storage.store import Store
from player.timeline.pacer_index import FINENESS, PacerIndex
from player.timeline.steps import Steps
from tests.fakes_page import shown
from tests.fakes_picture import bundled
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    Open = Callable[..., Page]

pytestmark = pytest.mark.tools
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OURS = ("file:", "data:", "blob:")
SCRIPT = """\
title: Four rooms & <one> more
summary: A short one.
safety: [Stop if it hurts.]
steps:
  - section: Settle
  - say: Sit down, and let your shoulders drop.
    for: 4s
  - section: Breathe
  - breathe: {in: 2s, hold: 2s, out: 3s, cycles: 3}
    guide: [count 2, words 1]
  - section: Muscles
  - muscles: [{name: your hand, short: hand, how: make a fist.}, {name: your foot, short: foot, how: curl it.}]
  - section: Rest
  - say: Stay as long as you like.
    then: 3s
"""
AT = """document.querySelector("audio").currentTime * 1000"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Prepared:
    folder = tmp_path_factory.mktemp("rooms")
    (folder / "rooms.yaml").write_text(SCRIPT, encoding="utf-8")
    machine = pipeline.Machine(FakeEngine(), Store(folder / "store"))
    return pipeline.prepare(pipeline.SessionRequest(str(folder / "rooms.yaml")), machine)


@pytest.fixture(scope="module")
def rooms(ready: pipeline.Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "rooms.html"
    return pages.export((ready,), target, ExportOptions("html"), force=False)[0]


@pytest.fixture(scope="module")
def programme(ready: pipeline.Prepared, rooms: Path) -> Path:
    """A page of one session twice, with a sound that is made already; a list and a transcript lie beside it."""
    sound = rooms.read_text(encoding="utf-8").partition('preload="metadata" src="')[2].partition('"')[0]
    twice = [shown(ready.timeline, sound), shown(ready.timeline, sound, technique="muscles")]
    listed = [document.ListedPage(f"{tag}.html", "A", "About.", 60_000, "breathing", tag) for tag in ("en", "de")]
    rooms.with_name("list.html").write_text(document.index(listed, "en"), encoding="utf-8")
    rooms.with_name("transcript.html").write_text(html(ready.timeline, "en"), encoding="utf-8")
    path = rooms.with_name("programme.html")
    path.write_text(document.page(twice, "Two", "Days"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install '.[test]'")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("needs Chromium: sudo apt install chromium")
    with sync_api.sync_playwright() as playwright:
        arguments = ["--autoplay-policy=user-gesture-required", "--no-sandbox"]
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a page in a context of its own, which is offline; any request for another address is a failure."""
    yield from _opening(browser)


@pytest.fixture(scope="module")
def read(browser: Browser, rooms: Path) -> Iterator[Page]:
    """One page for all tests that play nothing: opening it takes longer than most of them."""
    opening = _opening(browser)
    yield next(opening)(rooms)
    assert next(opening, None) is None  # it looks for problems


def _opening(browser: Browser) -> Iterator[Open]:
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_(path: Path, init: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 360, "height": 640}, **options})
        contexts.append(context)
        context.set_offline(offline=True)
        context.add_init_script("window.wishes = []; navigator.wakeLock.request = async () => {"
                                "const lock = new EventTarget(); window.wishes.push('on');"
                                "lock.release = async () => { window.wishes.push('off');"
                                "lock.dispatchEvent(new Event('release')); }; return lock; };")  # fmt: skip
        context.add_init_script(init)
        page = context.new_page()
        page.on("request", lambda request: problems.extend([request.url[:80]] * (not request.url.startswith(OURS))))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.extend([message.text] * (message.type in {"error", "warning"})))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


def play(page: Page, at_ms: int = 0) -> None:
    if at_ms:
        page.evaluate("t => views[0].seek(t)", at_ms)
    page.click(".play")
    until(page, "views[0].playing && views[0].audio.currentTime > 0")


def until(page: Page, holds: str) -> None:
    """Wait until an expression holds. The page's policy forbids playwright's own way, which evaluates text in it."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"this never held: {holds}")


# --- what is shown, and when


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7", "sleep-wind-down", "belly-breathing", "body-scan-short"])
def test_a_state_is_that_of_the_terminal_at_200_times(read: Page, name: str) -> None:
    timeline = bundled(name)[1]
    index = PacerIndex(timeline)
    edges = [each.start_ms + by for each in index.phases for by in (-1, 0)]
    drawn = random.Random(7)
    chosen = [-5, 0, timeline.total_ms, timeline.total_ms + 5, *drawn.sample(edges, min(76, len(edges)))]
    chosen += [drawn.randrange(timeline.total_ms) for _ in range(200 - len(chosen))]
    states = read.evaluate("([data, all]) => all.map(t => state(data, t))", [times(timeline), chosen])
    assert len(chosen) == len(states) == 200
    for at_ms, state in zip(chosen, states, strict=True):
        scene = index.at(at_ms)
        begun = scene.phase.lines[scene.begun - 1].text if scene.begun else ""
        assert (state["guide"], state["body"], state["word"], state["count"]) == (
            scene.phase.guide, scene.phase.body or "", scene.phase.word, scene.count), at_ms  # fmt: skip
        assert (state["begun"], state["line"], state["saying"]) == (scene.begun, begun, scene.saying), at_ms
        assert (state["chapterTitle"], state["left"]) == (scene.chapter, scene.left_s), at_ms
        assert abs(state["level"] - scene.level) <= 0.5 / FINENESS + 1e-9, at_ms
        inside = min(max(0, at_ms), timeline.total_ms)
        assert state["progress"] == pytest.approx((inside - scene.phase.start_ms) / scene.phase.length_ms, abs=1e-9)


def test_captions_and_phases_are_those_that_show_tells(read: Page, ready: pipeline.Prepared) -> None:
    rows, page = as_json(ready.timeline)["cues"], read
    chosen = random.Random(3).sample([row for row in rows if row["text"]], 20)
    for row in chosen:
        at_ms = (row["start_ms"] + row["end_ms"]) // 2
        page.evaluate("t => views[0].seek(t)", at_ms)
        said = page.evaluate("t => state(views[0].times, t).caption", at_ms)
        assert row["text"].rstrip(".") in said, row
        line, word = (page.text_content(name) for name in (".line", ".word"))
        assert row["text"] == line if row["kind"] == "speech" else word, row
        current = page.text_content(".text [aria-current]") or ""
        assert row["text"].rstrip(".") in current


def test_pictures_and_captions_keep_step_with_the_sound(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    play(page, 4500)
    off = page.evaluate("""() => new Promise(done => {
        const found = [], view = views[0];
        const look = () => {
            const shown = Number(view.bead.style.transform.match(/rotate\\((.*)deg/)[1]) / 360 * view.times.total;
            found.push(view.at - shown);
            found.length < 40 ? requestAnimationFrame(look) : done(found);
        };
        requestAnimationFrame(look);
    })""")
    assert sum(abs(each) < 50 for each in off) >= 36  # a busy machine leaves out a frame here and there


def test_what_is_heard_is_where_the_times_say_it_is(read: Page, ready: pipeline.Prepared) -> None:
    """The sound in the page, decoded by the browser: each spoken cue after a silence begins at its time."""
    cues = [cue for cue in ready.timeline.cues if not cue.is_tone]
    alone = [after for before, after in pairwise(cues) if after.start_ms - before.end_ms > 500]
    onsets = read.evaluate("""async starts => {
        const coded = atob(document.querySelector("audio").src.split(",")[1]);
        const bytes = Uint8Array.from(coded, each => each.charCodeAt(0));
        const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes.buffer);
        const samples = sound.getChannelData(0);
        return starts.map(ms => {
            for (let n = (ms - 200) * 48; n < (ms + 400) * 48; n++) if (Math.abs(samples[n]) > 0.01) return n / 48 - ms;
            return 1000;
        });
    }""", [cue.start_ms for cue in alone])  # fmt: skip
    assert len(onsets) >= 3
    assert max(map(abs, onsets)) < 50


# --- clicks and keys


def test_a_click_plays_and_nothing_plays_before_it(opened: Open, rooms: Path) -> None:
    tried = "document.querySelector('audio').play().then(() => 'played', error => error.name)"
    page = opened(rooms, init=f"addEventListener('load', () => {tried}.then(result => window.tried = result))")
    page.wait_for_timeout(300)  # nothing is evaluated before, as that counts as a gesture
    assert page.evaluate("[tried, views[0].audio.paused, views[0].audio.autoplay]") == ["NotAllowedError", True, False]
    play(page)
    assert page.get_attribute(".play", "aria-label") == "Pause"
    page.click(".play")
    until(page, "views[0].audio.paused")


def test_a_chapter_is_entered_at_its_start(opened: Open, rooms: Path, ready: pipeline.Prepared) -> None:
    page = opened(rooms)
    links = page.locator(".chapters a")
    for number, chapter in enumerate(PacerIndex(ready.timeline).chapters):
        links.nth(number).click()
        until(page, "views[0].playing")
        page.evaluate("views[0].audio.pause()")
        page.evaluate(f"document.querySelectorAll('.chapters a')[{number}].click(); views[0].audio.pause()")
        assert abs(page.evaluate(AT) - chapter.start_ms) <= 50
        assert page.text_content(".chapter") == chapter.title or chapter.start_ms > page.evaluate(AT)


def test_keys_lead_where_the_terminal_leads(read: Page, ready: pipeline.Prepared) -> None:
    steps, page = Steps(ready.timeline), read
    drawn = random.Random(5)
    for _ in range(12):
        at_ms = drawn.randrange(ready.timeline.total_ms)
        on, section = steps.after(at_ms), steps.section_after(at_ms)
        wanted = {"ArrowLeft": steps.before(at_ms).entry_ms, "ArrowRight": on.entry_ms if on else at_ms,
                  "r": steps.at(at_ms).entry_ms, "m": section.entry_ms if section else at_ms}  # fmt: skip
        for key, there_ms in wanted.items():
            page.evaluate("t => views[0].seek(t)", at_ms)
            page.keyboard.press(key)
            assert page.evaluate(AT) == pytest.approx(there_ms, abs=0.1), (key, at_ms)


def test_the_other_keys(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    page.keyboard.press(" ")
    until(page, "views[0].playing")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("views[0].audio.volume") == pytest.approx(10 ** (-2 / 20))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("views[0].audio.volume") == 1
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("?")
    assert not page.locator("dialog").is_visible()
    page.keyboard.press("?")
    page.locator("dialog button").click()
    assert not page.locator("dialog").is_visible()
    page.keyboard.press("q")
    until(page, "views[0].audio.paused")
    assert page.evaluate("views[0].audio.volume") == 1


def test_at_the_end_there_is_nothing_but_silence(opened: Open, rooms: Path, ready: pipeline.Prepared) -> None:
    page = opened(rooms)
    before = page.inner_text("body")
    page.evaluate("t => views[0].seek(t)", ready.timeline.total_ms - 400)
    page.click(".play")
    until(page, "views[0].audio.ended")
    assert page.locator(".now").is_hidden()
    assert page.evaluate("views.length === 1 && views[0].audio.paused")
    added = set(page.inner_text("body").splitlines()) - set(before.splitlines())
    assert added <= {"Rest", "0:00 left"}


def test_the_screen_stays_on_while_a_pacer_is_seen(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    play(page)
    until(page, "wishes.join() === 'on'")
    page.click("[data-do=night]")
    until(page, "wishes.join() === 'on,off'")
    page.click(".veil")
    until(page, "wishes.join() === 'on,off,on'")
    page.evaluate("lock.dispatchEvent(new Event('release')); document.dispatchEvent(new Event('visibilitychange'))")
    until(page, "wishes.join() === 'on,off,on,on'")  # the system took it: asked for again
    page.click(".play")
    until(page, "wishes.join() === 'on,off,on,on,off'")


def test_the_screen_may_sleep_where_a_listener_is_to(opened: Open, rooms: Path, tmp_path: Path) -> None:
    text = rooms.read_text(encoding="utf-8")
    (tmp_path / "sleep.html").write_text(text.replace('"sleep":false', '"sleep":true'), encoding="utf-8")
    page = opened(tmp_path / "sleep.html")
    play(page)
    page.wait_for_timeout(300)
    assert page.evaluate("wishes") == []


def test_the_system_knows_what_plays(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    play(page)
    told = page.evaluate("""() => { const { title, artwork } = navigator.mediaSession.metadata;
        return [title, artwork.length, artwork[0].src.slice(0, 15), navigator.mediaSession.playbackState]; }""")
    assert told == ["Four rooms & <one> more", 1, "data:image/png;", "playing"]


def test_nothing_is_stored(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    play(page)
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


# --- how it looks, and without scripts


def test_without_scripts_everything_is_there(opened: Open, rooms: Path) -> None:
    page = opened(rooms, java_script_enabled=False)
    assert page.locator("audio[controls]").is_visible()
    assert page.locator("h1").inner_text() == "Four rooms & <one> more"
    assert page.get_by_text("Stop if it hurts.", exact=True).is_visible()
    assert page.locator(".play, .rest, .now, .veil").all_inner_texts()
    assert not any(page.locator(name).is_visible() for name in (".play", ".rest", ".now", ".veil", "dialog"))
    page.locator(".chapters a").nth(1).click()
    assert page.url.endswith("#s1-c2")
    assert page.locator("#s1-c2").is_visible()
    page.locator("summary").click()
    assert page.locator("pre").inner_text().startswith("title: Four rooms & <one> more")
    assert page.get_by_text("Sit down, and let your shoulders drop.", exact=True).is_visible()


def test_the_script_can_be_saved(opened: Open, rooms: Path) -> None:
    page = opened(rooms, accept_downloads=True)
    page.locator("summary").click()
    with page.expect_download() as download:
        page.locator(".save").click()
    assert download.value.suggested_filename == "rooms.yaml"
    assert download.value.path().read_bytes() == SCRIPT.encode()


def test_day_and_night(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    schemes: tuple[tuple[Literal["light", "dark"], bool], ...] = (("light", False), ("dark", True))
    for scheme, is_dark in schemes:
        page.emulate_media(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) < 384) == is_dark
    play(page, 5000)
    page.keyboard.press("n")
    assert page.evaluate("getComputedStyle(document.querySelector('.veil')).backgroundColor") == "rgb(0, 0, 0)"
    assert page.locator(".veil").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    assert page.locator(".veil").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".veil").is_hidden()


def test_nothing_moves_where_motion_is_not_wanted(read: Page) -> None:
    sizes, page = {}, read
    for wish in ("reduce", "no-preference"):
        page.emulate_media(reduced_motion=wish)
        sizes[wish] = [page.evaluate("t => { views[0].seek(t); return views[0].disc.style.transform; }", at)
                       for at in (4200, 5000, 5900, 8500)]  # fmt: skip
    assert len(set(sizes["no-preference"])) == 4
    assert len(set(sizes["reduce"])) == 1


def test_no_screen_is_too_narrow(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    play(page, 5000)
    page.locator("summary").click()
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_long_sentence_leaves_the_buttons_on_a_small_screen(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    play(page, 1000)
    bottom = """(() => { views[0].line.textContent = "Let your shoulders drop. ".repeat(6);
        return document.querySelector(".controls").getBoundingClientRect().bottom
            - document.querySelector(".stage").getBoundingClientRect().top; })()"""
    until(page, f"{bottom} <= 640")  # what is shown before it plays goes in the next picture
    assert page.evaluate(bottom) > 500


def test_targets_are_large_enough_for_a_thumb(opened: Open, rooms: Path) -> None:
    page = opened(rooms)
    page.evaluate("views[0].seek(5000)")
    page.keyboard.press("?")
    targets = page.evaluate("""() => [...document.querySelectorAll("button, input, summary, .list a, .text a, .save")]
        .filter(each => each.checkVisibility()).map(each => [each.outerHTML.slice(0, 100),
            Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height)])""")
    assert len(targets) > 15
    assert [name for name, size in targets if size < 44] == []


def test_a_screen_reader_meets_title_play_chapters_and_text_in_this_order(read: Page) -> None:
    tree = read.locator("body").aria_snapshot()
    places = [tree.index(words) for words in ('heading "Four rooms & <one> more" [level=1]', 'button "Play"',
              'heading "Before you begin"', 'navigation "Chapters"', 'heading "Text"', "The script")]  # fmt: skip
    assert places == sorted(places)
    assert "img" not in tree.partition('navigation "Chapters"')[0]


def test_no_page_has_a_fault_that_axe_finds(opened: Open, rooms: Path, programme: Path) -> None:
    """In every state: at its beginning, at a breath, with the keys shown, in the night; and what it says of colours."""
    axe = pytest.importorskip("axe_playwright_python.base", reason="needs axe-playwright-python: pip install '.[test]'")
    views = {"rooms.html": ("", "views[0].seek(5000)", "keys.showModal()", "keys.close(); night(true)"),
             "programme.html": ("",), "list.html": ("",), "transcript.html": ("",)}  # fmt: skip
    found = []
    for name, states in views.items():
        page = opened((rooms if name == "rooms.html" else programme).with_name(name), color_scheme="light")
        page.evaluate(axe.AXE_SCRIPT)
        for state in states:
            page.evaluate(f"() => {{ {state} }}")
            faults = page.evaluate("() => axe.run()")["violations"]
            page.emulate_media(color_scheme="dark")
            faults += page.evaluate("() => axe.run({runOnly: ['color-contrast']})")["violations"]
            page.emulate_media(color_scheme="light")
            found += [(name, state, fault["id"], fault["nodes"][0]["html"][:100]) for fault in faults]
    assert found == []


def test_one_session_of_a_programme_plays_at_a_time(opened: Open, ready: pipeline.Prepared, programme: Path) -> None:
    page = opened(programme)
    page.locator(".play").nth(0).click()
    until(page, "views[0].playing")
    page.locator(".play").nth(1).click()
    until(page, "views[1].playing && !views[0].playing")
    assert json.loads(page.locator(".times").nth(1).text_content() or "")["total"] == ready.timeline.total_ms
