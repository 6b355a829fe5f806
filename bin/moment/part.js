// The part of moment that pages use: how long ago something was, as Flask-Moment's `fromNow` says it, and the
// words for it. bin/vendor makes it of moment's own modules; all of moment would be twice as much to load.
// Browsers read the times by themselves: they are ISO 8601, in UTC.

import { createLocal } from "moment/src/lib/create/local";
import { abs } from "moment/src/lib/duration/abs";
import { as, valueOf as milliseconds } from "moment/src/lib/duration/as";
import { bubble } from "moment/src/lib/duration/bubble";
import { Duration } from "moment/src/lib/duration/constructor";
import { getSetRelativeTimeRounding, getSetRelativeTimeThreshold, humanize } from "moment/src/lib/duration/humanize";
import { isValid as isValidDuration } from "moment/src/lib/duration/valid";
import { Locale } from "moment/src/lib/locale/constructor";
import { invalidDate } from "moment/src/lib/locale/invalid";
import { defineLocale, getSetGlobalLocale, updateLocale } from "moment/src/lib/locale/locales";
import { pastFuture, relativeTime } from "moment/src/lib/locale/relative";
import { set } from "moment/src/lib/locale/set";
import { add } from "moment/src/lib/moment/add-subtract";
import { clone } from "moment/src/lib/moment/clone";
import { isAfter, isBefore } from "moment/src/lib/moment/compare";
import { Moment } from "moment/src/lib/moment/constructor";
import { from, fromNow } from "moment/src/lib/moment/from";
import { locale, localeData } from "moment/src/lib/moment/locale";
import { toDate, valueOf } from "moment/src/lib/moment/to-type";
import { now } from "moment/src/lib/moment/now";
import { isValid } from "moment/src/lib/moment/valid";
import { getSetDayOfMonth } from "moment/src/lib/units/day-of-month";
import { getSetMonth } from "moment/src/lib/units/month";
import { getSetYear } from "moment/src/lib/units/year";
import { setOffsetToLocal } from "moment/src/lib/units/offset";
import { hooks, setHookCallback } from "moment/src/lib/utils/hooks";

Object.assign(Duration.prototype, { abs, as, humanize, locale, localeData, valueOf: milliseconds });
Object.assign(Duration.prototype, { _bubble: bubble, isValid: isValidDuration });
Object.assign(Moment.prototype, { add, clone, from, fromNow, isAfter, isBefore, isValid, locale, localeData });
Object.assign(Moment.prototype, { date: getSetDayOfMonth, local: setOffsetToLocal, month: getSetMonth, toDate, valueOf, year: getSetYear });
const same = (text) => text;
Object.assign(Locale.prototype, { invalidDate, pastFuture, postformat: same, preparse: same, relativeTime, set });
hooks.now = now;
setHookCallback(createLocal);
// Flask-Moment asks for it; its words come from times.js.
defineLocale("en", {});

window.moment = Object.assign((...given) => createLocal(...given), {
  locale: getSetGlobalLocale,
  relativeTimeRounding: getSetRelativeTimeRounding,
  relativeTimeThreshold: getSetRelativeTimeThreshold,
  updateLocale,
});
