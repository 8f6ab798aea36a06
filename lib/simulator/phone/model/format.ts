import { useI18n } from 'vue-i18n';
import { durationPhrase } from '../../../page/duration.ts';
import { initialsOf } from '../../../page/initials.ts';
import { windowFace } from '../../../page/session-window.ts';
import type { WindowFace } from '../../../page/session-window.ts';
import type { PhoneCustomer } from '../../phone-contract.ts';
import { sameDay } from './phone-model.ts';

/** Words that depend on time and on who it is, in the page's language. */
export interface Format {
  time(at: number): string;
  /** "Today", "Yesterday", "Monday, 23 November". */
  day(at: number, now: number): string;
  dateAndTime(at: number): string;
  duration(ms: number): string;
  /** "18 KB" */
  size(bytes: number): string;
  nameOf(customer: PhoneCustomer): string;
  /** Where the customer's session window stands, in words. */
  windowWords(customer: PhoneCustomer, now: number): string;
}

const DAY_MS = 86_400_000;

export function useFormat(): Format {
  const { t, locale } = useI18n();
  const written = (at: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale.value, options).format(at);
  const time = (at: number): string => written(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const duration = (ms: number): string => {
    const { key, values } = durationPhrase(ms);
    return t(key, values);
  };
  return {
    time,
    duration,
    size: (bytes) => {
      const large = bytes >= 1_048_576;
      const value = large ? bytes / 1_048_576 : Math.max(1, Math.round(bytes / 1024));
      const unit = large ? 'megabyte' : 'kilobyte';
      return new Intl.NumberFormat(locale.value, { style: 'unit', unit, maximumFractionDigits: large ? 1 : 0 }).format(value);
    },
    day: (at, now) => {
      if (sameDay(at, now)) return t('day.today');
      if (sameDay(at, now - DAY_MS)) return t('day.yesterday');
      return written(at, { weekday: 'long', day: 'numeric', month: 'long' });
    },
    dateAndTime: (at) => `${written(at, { weekday: 'short', day: 'numeric', month: 'short' })}, ${time(at)}`,
    nameOf: (customer) => customer.name || customer.address,
    windowWords: (customer, now) => {
      if (customer.windowEndsAt === null) return t('window.none');
      const face = customerWindow(customer, now);
      return face.level === 'closed' ? t('window.closed') : t('window.open', { time: duration(face.remainingMs) });
    },
  };
}

/** The customer's session window as the ring shows it, judged by the simulator. */
export function customerWindow(customer: PhoneCustomer, now: number): WindowFace {
  const { lastInboundAt, windowEndsAt } = customer;
  if (lastInboundAt === null || windowEndsAt === null) return { level: 'closed', remainingMs: 0, fraction: 0 };
  const snapshot = {
    lastCustomerMessageAt: new Date(lastInboundAt).toISOString(),
    expiresAt: new Date(windowEndsAt).toISOString(),
    open: now <= windowEndsAt,
    remainingMs: Math.max(0, windowEndsAt - now),
  };
  return windowFace(snapshot, now);
}

/** One or two letters for the ring: of the name, else the country of a hidden number, else the last digits. */
export function initialsFor(customer: PhoneCustomer): string {
  if (customer.name) return initialsOf(customer.name);
  return customer.kind === 'hidden' ? customer.address.slice(0, 2) : customer.address.slice(-2);
}
