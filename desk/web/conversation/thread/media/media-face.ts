import type { MediaView } from '../../../../../lib/center/media-contract.ts';

/**
 * How a file of a message looks: shown in the page, offered as a file, on its way here (`later` after a failure, by itself),
 * not to be had, or lying at an address of its own.
 */
export type MediaFace =
  'picture' | 'sticker' | 'sound' | 'film' | 'contacts' | 'file' | 'coming' | 'later' | 'lost' | 'elsewhere';

/** What a page can show by kind; a format that browsers do not know stays a file, whatever its kind. */
const INLINE: Partial<Record<MediaView['kind'], MediaFace>> = {
  image: 'picture',
  sticker: 'sticker',
  audio: 'sound',
  video: 'film',
};

export function mediaFace(media: Pick<MediaView, 'state' | 'kind' | 'inline' | 'error' | 'contacts'>): MediaFace {
  switch (media.state) {
    case 'waiting':
      return media.error === null ? 'coming' : 'later';
    case 'fetching':
      return 'coming';
    case 'failed':
      return 'lost';
    case 'linked':
      return 'elsewhere';
    default:
      if (media.kind === 'contacts' && (media.contacts ?? []).length > 0) return 'contacts';
      return (media.inline ? INLINE[media.kind] : undefined) ?? 'file';
  }
}

/** Whether asking Twilio again can bring a file that is not here. */
export function canBeAskedAgain(error: MediaView['error']): boolean {
  return error?.code !== 'MEDIA_TOO_LARGE';
}
