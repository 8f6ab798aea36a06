import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ConversationView, MessageView } from '../../../lib/center/views.ts';
import type { SessionSnapshot } from '../../../lib/domain/message.ts';
import { useDesk } from '../live/desk.ts';
import type { DeskError } from '../api/desk-error.ts';
import { daysAgo, timeLocale } from './calendar.ts';
import { knownName } from './customer.ts';
import { playingTime } from '../../../lib/domain/playing-time.ts';
import { durationPhrase } from '../../../lib/page/duration.ts';
import { windowFace } from '../../../lib/page/session-window.ts';

/** Kinds whose text stands under something else. */
const WITH_CAPTION: ReadonlySet<string> = new Set(['image', 'video', 'document', 'sticker', 'contacts', 'location']);

/** What of a message is named in lists. */
type InShort = Pick<NonNullable<ConversationView['lastMessage']>, 'text' | 'type' | 'durationMs'>;

/** The sentences that many parts of the page need, in the agent's language and by the center's clock. */
export function useWords() {
  const { t, te, locale } = useI18n();
  const { clock } = useDesk();
  const formats = computed(() => {
    const language = timeLocale(locale.value, navigator.languages);
    return {
      time: new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }),
      weekday: new Intl.DateTimeFormat(language, { weekday: 'short' }),
      day: new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }),
      dayAndYear: new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }),
      longDay: new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }),
      longWeekday: new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }),
      calendarDay: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }),
      full: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }),
      number: new Intl.NumberFormat(language),
    };
  });

  const time = (at: number): string => formats.value.time.format(at);

  function date(at: number): string {
    const sameYear = new Date(at).getFullYear() === new Date(clock.now.value).getFullYear();
    return (sameYear ? formats.value.day : formats.value.dayAndYear).format(at);
  }

  function duration(ms: number): string {
    const phrase = durationPhrase(ms);
    return t(phrase.key, phrase.values);
  }

  /** A message in short: what it is, unless its text says all, and what it says; how long it plays, where that is all there is to say. */
  function inShort(last: InShort | null): { text: string; plays: string | null } {
    if (last === null) return { text: '', plays: null };
    const { type, text, durationMs } = last;
    const known = type !== 'unsupported' && te(`kind.${type}`);
    const kind = known ? t(`kind.${type}`) : t('preview.unsupported');
    if (text.trim() !== '') return { text: WITH_CAPTION.has(type) ? t('preview.caption', { kind, text }) : text, plays: null };
    return { text: kind, plays: type === 'audio' && durationMs !== null ? playingTime(durationMs) : null };
  }

  /** The same in one line: "Voice message 0:12". */
  function preview(last: InShort | null): string {
    const { text, plays } = inShort(last);
    return plays === null ? text : t('preview.lasting', { kind: text, time: plays });
  }

  return {
    time,
    date,
    duration,
    full: (at: number): string => formats.value.full.format(at),
    number: (value: number): string => formats.value.number.format(value),

    /** Monday is 1. */
    weekday: (day: number): string => formats.value.longWeekday.format(Date.UTC(2024, 0, day)),
    /** "2026-12-25" as people write it, the same day wherever one is. */
    calendarDay: (date: string): string => formats.value.calendarDay.format(Date.parse(date)),

    /** For a list: the time today, the weekday this week, else the date. */
    shortWhen(at: number): string {
      const days = daysAgo(at, clock.now.value);
      if (days <= 0) return time(at);
      if (days === 1) return t('time.yesterday');
      return days < 7 ? formats.value.weekday.format(at) : date(at);
    },

    /** For a form: the day unless it is today, and the time. */
    when(at: number): string {
      const days = daysAgo(at, clock.now.value);
      if (days === 0) return t('time.today', { time: time(at) });
      return t('time.dayAndTime', { day: days === 1 ? t('time.yesterday') : date(at), time: time(at) });
    },

    /** "opens 09:00", "opens tomorrow, 09:00", "opens Mon, 09:00" or with the date. */
    opens(at: number): string {
      const days = -daysAgo(at, clock.now.value);
      if (days <= 0) return t('opens.today', { time: time(at) });
      if (days === 1) return t('opens.tomorrow', { time: time(at) });
      return t('opens.day', { day: days < 7 ? formats.value.weekday.format(at) : date(at), time: time(at) });
    },

    /** Between two days of a thread. */
    daySeparator(at: number): string {
      const days = daysAgo(at, clock.now.value);
      if (days === 0) return t('time.todayAlone');
      if (days === 1) return t('time.yesterday');
      return days < 7 ? formats.value.longDay.format(at) : date(at);
    },

    customer(customer: ConversationView['customer']): string {
      return knownName(customer) ?? t('customer.visitor', { address: customer.address });
    },

    /** "21 h 14 m", "closed", or "not open" while the customer has never written. */
    windowShort(session: SessionSnapshot): string {
      if (session.lastCustomerMessageAt === null) return t('window.none');
      const face = windowFace(session, clock.now.value);
      return face.level === 'closed' ? t('window.closed') : duration(face.remainingMs);
    },

    /** "21 h 14 m left", "Session closed", or "No session yet". */
    windowLong(session: SessionSnapshot): string {
      if (session.lastCustomerMessageAt === null) return t('window.noSession');
      const face = windowFace(session, clock.now.value);
      return face.level === 'closed' ? t('window.sessionClosed') : t('window.left', { time: duration(face.remainingMs) });
    },

    inShort,
    preview,

    /** The same of a message of the thread. */
    message({ message, media }: Pick<MessageView, 'message' | 'media'>): string {
      return preview({ text: message.text, type: message.type, durationMs: media[0]?.durationMs ?? null });
    },

    /** What a conversation began with, in one line. */
    first({ firstMessage, lastMessage }: Pick<ConversationView, 'firstMessage' | 'lastMessage'>): string {
      const isLast = firstMessage === null || firstMessage === '' || firstMessage === lastMessage?.text;
      return isLast ? preview(lastMessage) : firstMessage;
    },

    kind(type: MessageView['message']['type']): string {
      return t(`kind.${te(`kind.${type}`) ? type : 'unsupported'}`);
    },

    /** By what a customer was recognised; a flow's own word is shown as it is. */
    identified(customer: ConversationView['customer']): string {
      if (!customer.authenticated) return t('customer.notIdentified');
      const by = customer.identifiedBy;
      if (by === null || by === '') return t('customer.identified');
      return te(`customer.identifiedBy.${by}`) ? t(`customer.identifiedBy.${by}`) : t('customer.identifiedByOther', { by });
    },

    /** Why a conversation ended; a flow's own word is shown as it is. */
    closeReason(reason: string): string {
      return te(`closeReason.${reason}`) ? t(`closeReason.${reason}`) : reason;
    },

    /** What went wrong, in words: ours for what we know, else the server's sentence. */
    problem(error: DeskError): string {
      return te(`problem.${error.code}`) ? t(`problem.${error.code}`, error.details) : error.message;
    },
  };
}
