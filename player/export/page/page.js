/* The script of a session's page. BSD Zero Clause License: use it for anything, no notice needed. */
"use strict";

/* What holds at t milliseconds: a pure function of a session's times. */
function state(times, t) {
  const at = Math.min(Math.max(0, t), times.total), within = Math.min(at, times.total - 1);
  const phase = times.phases[Math.max(0, latest(times.phases, within))];
  const [start, length, guide, body, word, seconds, down, first, many] = phase;
  const lines = times.lines.slice(first, first + many);
  const begun = lines.filter((line) => line[0] <= at).length;
  const line = begun ? lines[begun - 1] : null;
  const second = Math.min(Math.floor(Math.max(0, at - start) / 1000), seconds - 1);
  const said = latest(times.said, at), chapter = latest(times.chapters, at);
  return {
    guide, body, word, begun, said, chapter,
    progress: Math.min(1, (at - start) / length),
    count: seconds ? (down ? seconds - second : second + 1) : null,
    level: body ? levelAt(times.moves, at, within) : 0,
    line: line ? line[2] : "",
    saying: line ? Math.min(8, Math.floor((at - line[0]) * 8 / Math.max(1, line[1] - line[0]))) / 8 : 1,
    caption: said >= 0 && at < times.said[said][1] ? times.said[said][2] : "",
    chapterTitle: chapter < 0 ? "" : times.chapters[chapter][1],
    left: Math.ceil((times.total - at) / 1000),
    done: at / times.total,
  };
}

/* The number of the last row that has begun; -1 before the first. Rows begin with their time. */
function latest(rows, at) {
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle][0] ?? rows[middle]) <= at) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function levelAt(moves, at, within) {
  const [start, end, before, after] = moves[Math.max(0, latest(moves, within))];
  const share = (Math.min(at, end) - start) / Math.max(1, end - start);
  return before + (after - before) * (0.5 - 0.5 * Math.cos(Math.PI * share));
}

/* Where each key leads from t, in milliseconds, as in the terminal; null is nowhere. */
function destination(times, key, t) {
  const here = Math.max(0, latest(times.entries, t));
  if (key === "back") return times.entries[Math.max(0, here - 1)];
  if (key === "again") return times.entries[here];
  if (key === "on") return times.entries[here + 1] ?? null;
  return times.sections.find((entry) => entry > times.entries[here]) ?? null;
}

function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (h ? h + ":" + String(m).padStart(2, "0") : m) + ":" + String(s).padStart(2, "0");
}

const still = matchMedia("(prefers-reduced-motion: reduce)");
const veil = document.querySelector(".veil"), keys = document.querySelector("dialog.keys");
const SMALLEST = 0.2, STEP_DB = 2, CALM_AFTER_MS = 4000, FADE_MS = 3000;
const views = [];
let current = null, lock = null, calmTimer = 0;

function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

class View {
  constructor(article) {
    const one = (name) => article.querySelector(name);
    this.article = article;
    this.times = JSON.parse(one(".times").textContent);
    this.audio = one("audio");
    for (const name of ["stage", "title", "cover", "pacer", "disc", "glow", "bead", "play", "now", "rest", "phase", "word", "count",
      "line", "place", "chapter", "left"]) this[name] = one("." + name);
    this.chapterLinks = [...article.querySelectorAll(".chapters a")];
    this.said = [...article.querySelectorAll(".text p")];
    this.db = 0;
    this.fading = 0;
    this.isSeen = true;
    this.lit = this.cover.cloneNode();
    this.lit.classList.add("lit");
    this.cover.after(this.lit);
    this.audio.controls = false;
    this.audio.hidden = true;
    for (const part of [this.pacer, this.play]) part.removeAttribute("hidden");
    this.listen();
    this.draw();
  }

  get playing() { return !this.audio.paused && !this.audio.ended; }
  get at() { return this.audio.currentTime * 1000; }

  listen() {
    this.play.addEventListener("click", () => this.toggle());
    for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.changed());
    this.audio.addEventListener("seeked", () => { this.draw(); this.tellPosition(); });
    this.audio.addEventListener("timeupdate", () => this.draw());
    this.place.addEventListener("input", () => this.seek(this.place.value * 1000));
    for (const button of this.article.querySelectorAll("[data-do]"))
      button.addEventListener("click", () => act(button.dataset.do, this));
    for (const link of this.article.querySelectorAll(".more a[data-ms]"))
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.seek(Number(link.dataset.ms));
        this.start();
        if (link.closest(".chapters")) this.stage.scrollIntoView();
      });
    if ("IntersectionObserver" in window)
      new IntersectionObserver(([entry]) => { this.isSeen = entry.isIntersecting; stayAwake(); }).observe(this.play);
  }

  start() {
    current = this;
    for (const other of views) if (other !== this) other.audio.pause();
    this.stopFading();
    return this.audio.play().catch(() => this.changed());
  }

  toggle() {
    if (this.playing && !this.fading) return this.audio.pause();
    this.stage.scrollIntoView();
    this.start();
  }

  seek(ms) {
    current = this;
    this.audio.currentTime = Math.min(Math.max(0, ms), this.times.total) / 1000;
    this.draw();
  }

  louder(db) {
    this.db = Math.min(0, Math.max(-50, this.db + db));
    this.audio.volume = this.db <= -50 ? 0 : 10 ** (this.db / 20);
  }

  endSoftly() {
    if (!this.playing || this.fading) return;
    const from = this.audio.volume, began = performance.now();
    this.fading = setInterval(() => {
      const share = Math.min(1, (performance.now() - began) / FADE_MS);
      this.audio.volume = from * (1 - share);
      if (share < 1) return;
      this.audio.pause();
      this.stopFading();
    }, 40);
  }

  stopFading() {
    clearInterval(this.fading);
    this.fading = 0;
    this.louder(0);
  }

  changed() {
    this.article.classList.toggle("playing", this.playing);
    this.play.setAttribute("aria-label", this.playing ? this.play.dataset.pause : this.play.dataset.play);
    if (this.playing) { current = this; this.turn(); this.tellSystem(); }
    if ("mediaSession" in navigator && current === this)
      navigator.mediaSession.playbackState = this.playing ? "playing" : "paused";
    wake();
    stayAwake();
    this.draw();
  }

  turn() {
    if (!this.playing) return;
    this.draw();
    requestAnimationFrame(() => this.turn());
  }

  draw() {
    const now = state(this.times, this.at), begun = this.playing || this.at >= 1;
    this.now.hidden = !begun || this.audio.ended;
    this.rest.hidden = !begun;
    this.drawBody(now, begun && !this.audio.ended);
    text(this.word, now.body ? now.word : "");
    text(this.count, now.body && now.count !== null ? String(now.count) : "");
    this.phase.hidden = !now.body;
    text(this.line, now.body === "breath" && now.saying >= 1 ? "" : now.line);
    this.line.classList.toggle("past", now.saying >= 1);
    text(this.chapter, now.chapterTitle);
    text(this.left, this.left.dataset.left.replace("{time}", clock(now.left)));
    if (document.activeElement !== this.place || this.playing) this.place.value = Math.round(this.at / 1000);
    this.place.setAttribute("aria-valuetext", [clock(Math.floor(this.at / 1000)), now.chapterTitle].filter(Boolean).join(", "));
    this.place.style.setProperty("--share", (now.done * 100).toFixed(2) + "%");
    this.mark(this.chapterLinks, now.chapter, "chapterShown");
    this.mark(this.said, now.said, "saidShown");
    if (!veil.hidden && current === this) text(veil.firstChild, now.body ? now.line || now.word : now.line || now.chapterTitle);
  }

  drawBody(now, begun) {
    const size = SMALLEST + (1 - SMALLEST) * now.level, moves = !still.matches;
    this.pacer.classList.toggle("guided", begun && Boolean(now.body));
    this.pacer.classList.toggle("tension", now.body === "tension");
    this.disc.style.transform = `scale(${moves ? size.toFixed(4) : 0.8})`;
    this.disc.style.fillOpacity = moves ? "" : (0.25 + 0.75 * now.level).toFixed(2);
    this.glow.style.transform = `scale(${moves ? size.toFixed(4) : 0.8})`;
    this.cover.style.opacity = begun ? "0.4" : "1";
    this.lit.style.opacity = begun ? "1" : "0";
    this.lit.style.setProperty("--done", (now.done * 338).toFixed(2) + "deg");
    this.bead.style.transform = `rotate(${(now.done * 360).toFixed(2)}deg)`;
    this.bead.style.opacity = begun ? "1" : "0";
  }

  mark(elements, number, name) {
    if (this[name] === number) return;
    elements[this[name]]?.removeAttribute("aria-current");
    elements[number]?.setAttribute("aria-current", "true");
    this[name] = number;
  }

  tellSystem() {
    if (!("mediaSession" in navigator)) return;
    const artwork = [{ src: this.cover.src, sizes: "640x640", type: "image/png" }];
    const chapterInfo = this.times.chapters.map(([start, title]) => ({ title, startTime: start / 1000, artwork }));
    navigator.mediaSession.metadata = new MediaMetadata({ title: this.title.textContent, artwork, chapterInfo });
    const does = {
      play: () => this.start(), pause: () => this.audio.pause(), stop: () => this.endSoftly(),
      previoustrack: () => act("back", this), nexttrack: () => act("on", this),
      seekbackward: () => act("back", this), seekforward: () => act("on", this),
      seekto: ({ seekTime }) => this.seek(seekTime * 1000),
    };
    for (const [action, does_] of Object.entries(does))
      try { navigator.mediaSession.setActionHandler(action, does_); } catch { /* not known to this browser */ }
    this.tellPosition();
  }

  tellPosition() {
    if (!("mediaSession" in navigator && navigator.mediaSession.setPositionState) || current !== this) return;
    const duration = Math.max(this.times.total / 1000, this.audio.currentTime);
    navigator.mediaSession.setPositionState({ duration, position: this.audio.currentTime, playbackRate: 1 });
  }
}

function act(what, view) {
  if (what === "toggle") view.toggle();
  else if (what === "night") night(veil.hidden);
  else if (what === "keys") { if (keys.open) keys.close(); else keys.showModal(); }
  else if (what === "louder" || what === "softer") view.louder(what === "louder" ? STEP_DB : -STEP_DB);
  else if (what === "quit") view.endSoftly();
  else {
    const to = destination(view.times, what, view.at);
    if (to !== null) view.seek(to);
  }
}

const KEYS = { " ": "toggle", ArrowLeft: "back", ArrowRight: "on", r: "again", m: "section", ArrowUp: "louder",
  ArrowDown: "softer", n: "night", q: "quit", "?": "keys" };

/* Keys act while a picture is seen; further down the page they scroll, as everywhere. */
function pressed(event) {
  wake();
  const what = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  const inField = event.target.closest?.("input, summary, pre, a[href]");
  const inButton = event.key === " " && event.target.closest?.("button:not(.veil)");
  if (event.key === "Escape" && !veil.hidden) return night(false);
  if (!what || event.ctrlKey || event.metaKey || event.altKey || inField || inButton) return;
  const view = current?.isSeen || !veil.hidden ? current : views.find((each) => each.isSeen);
  if (!view || (keys.open && what !== "keys")) return;
  event.preventDefault();
  act(what, view);
}

/* Black, and one line. */
function night(isOn) {
  veil.hidden = !isOn;
  document.body.classList.toggle("night", isOn);
  current ??= views.find((each) => each.isSeen) ?? views[0];
  if (isOn) veil.focus();
  else current.article.querySelector("[data-do=night]").focus();
  current.draw();
  stayAwake();
}

/* After a while without a touch, only the session is left on the screen. */
function wake(event) {
  clearTimeout(calmTimer);
  for (const view of views) view.article.classList.remove("calm");
  if (!current?.playing) return;
  const { classList } = current.article;
  classList.toggle("stirred", event?.type === "pointermove" && event.pointerType === "mouse");
  calmTimer = setTimeout(() => { classList.remove("stirred"); classList.toggle("calm", current.playing); }, CALM_AFTER_MS);
}

/* The screen stays on while a pacer is seen; never in the night, and never where somebody is to fall asleep. */
async function stayAwake() {
  const isWanted = () => document.visibilityState === "visible" && veil.hidden
    && views.some((view) => view.playing && view.isSeen && !view.times.sleep);
  if (!isWanted()) return lock?.release?.();
  if (lock || !navigator.wakeLock) return;
  lock = {};
  try {
    const got = await navigator.wakeLock.request("screen");
    lock = got;
    got.addEventListener("release", () => { if (lock === got) lock = null; });
    if (!isWanted()) got.release();
  } catch { lock = null; }
}

for (const article of document.querySelectorAll("article.session")) views.push(new View(article));
document.addEventListener("keydown", pressed);
document.addEventListener("visibilitychange", stayAwake);
for (const name of ["pointermove", "pointerdown"]) document.addEventListener(name, wake, { passive: true });
veil.addEventListener("click", () => night(false));
