// Times in the reader's language, short in lists ("8 min"), with the full date in their own zone as title.
// Runs after Flask-Moment's script, which sets English, and before it renders the page.

const { lang, timeZone } = { lang: document.documentElement.lang, ...document.documentElement.dataset };

const SHORT = {
  en: {
    future: "%s", past: "%s", s: "now", m: "%d min", mm: "%d min", h: "%d h", hh: "%d h",
    d: "%d day", dd: "%d days", M: "%d month", MM: "%d months", y: "%d year", yy: "%d years",
  },
  es: {
    future: "%s", past: "%s", s: "ahora", m: "%d min", mm: "%d min", h: "%d h", hh: "%d h",
    d: "%d día", dd: "%d días", M: "%d mes", MM: "%d meses", y: "%d año", yy: "%d años",
  },
  ko: {
    future: "%s", past: "%s 전", s: "방금", m: "%d분", mm: "%d분", h: "%d시간", hh: "%d시간",
    d: "%d일", dd: "%d일", M: "%d개월", MM: "%d개월", y: "%d년", yy: "%d년",
  },
};

function setUpMoment(moment) {
  moment.updateLocale(lang, { relativeTime: SHORT[lang] });
  // "59 min", "23 h", "29 days": a unit lasts until the next one begins, and is rounded down.
  for (const [unit, most] of Object.entries({ s: 60, m: 60, h: 24, d: 30, M: 12 })) {
    moment.relativeTimeThreshold(unit, most);
  }
  moment.relativeTimeRounding(Math.floor);
}

const style = lang === "en" ? "en-GB" : lang;
const day = new Intl.DateTimeFormat(style, { dateStyle: "long", timeZone });
const clock = new Intl.DateTimeFormat(style, {
  hour: "numeric", minute: "2-digit", timeZoneName: "short", timeZone,
});
const full = (date) => `${day.format(date)}${lang === "ko" ? " " : ", "}${clock.format(date)}`;

function fillIn() {
  for (const time of document.querySelectorAll("time.flask-moment:not([title])")) {
    time.title = full(new Date(time.dateTime));
    Object.assign(time.dataset, { timestamp: time.dateTime, function: "fromNow", refresh: "60000" });
  }
  for (const time of document.querySelectorAll("time[data-full]")) {
    time.textContent = full(new Date(time.dateTime));
  }
  for (const time of document.querySelectorAll("time[data-day]")) {
    time.textContent = day.format(new Date(time.dateTime));
  }
}

if (window.moment) setUpMoment(window.moment);
document.addEventListener("htmx:load", () => {
  fillIn();
  window.flask_moment_render_all?.();
});
fillIn();
