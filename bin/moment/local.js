// In place of moment's module of this name, whose parser of dates in all shapes is half of moment.

import { getLocale } from "moment/src/lib/locale/locales";
import { Moment, isMoment } from "moment/src/lib/moment/constructor";

export function createLocal(time) {
  if (isMoment(time)) return new Moment(time);
  return new Moment({ _isAMomentObject: true, _d: new Date(time ?? Date.now()), _locale: getLocale() });
}
