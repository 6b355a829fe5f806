// Compares the part of moment that pages load (part.js) with all of it: both say the same of every time.
// Usage: node bin/moment/compare.js

const { readFileSync } = require("node:fs");
const path = require("node:path");
const whole = require("moment");

const root = path.dirname(path.dirname(__dirname));
globalThis.window = globalThis;
// By its text, for what it says is put into the window.
new Function(readFileSync(path.join(root, "app/static/vendor/moment/moment.min.js"), "utf8"))();
const part = globalThis.moment;

const WORDS = {
  future: "in %s", past: "%s ago", s: "now", m: "%d min", mm: "%d min", h: "%d h", hh: "%d h",
  d: "%d day", dd: "%d days", M: "%d month", MM: "%d months", y: "%d year", yy: "%d years",
};
for (const moment of [part, whole]) {
  moment.locale("en");
  moment.updateLocale("eo", { relativeTime: WORDS });
  for (const [unit, most] of Object.entries({ s: 60, m: 60, h: 24, d: 30, M: 12 })) {
    moment.relativeTimeThreshold(unit, most);
  }
  moment.relativeTimeRounding(Math.floor);
}

const now = Date.now();
let compared = 0;
for (let seconds = -400_000; seconds < 300_000_000; seconds += Math.max(1, Math.trunc(Math.abs(seconds) / 97))) {
  const iso = `${new Date(now - seconds * 1000).toISOString().slice(0, 19)}Z`;
  const said = [part(iso).from(part(now)), whole(iso).from(whole(now))];
  if (said[0] !== said[1]) throw Error(`${iso}: ${said.join(", but all of moment says ")}`);
  compared += 1;
}
console.log(`moment: ${compared} times compared`);
