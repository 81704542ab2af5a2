/** Around every page: the reader's language, the address, and whether the overview or one of the stories is shown. */
import type { Exhibit, PageStory } from '#reports/html/client/data.ts';
import { button, make } from '#reports/html/client/dom.ts';
import { type PackedStory, unpack } from '#reports/html/client/packed.ts';
import { hashOf, type Place, placeOf } from '#reports/html/client/route.ts';
import { type StoryView, storyView } from '#reports/html/client/story-view.ts';
import { type Words, wordsOf } from '#reports/html/client/words.ts';

/** The link to a story, from the overview; `what` says what it is about. */
export type Link = (story: string, what: string) => HTMLElement;

/** What a page shows. */
export interface Shell {
  title(words: Words): string;
  readonly stories: readonly PackedStory[];
  /** There is nothing but one story: it opens at once. */
  readonly isOneStory: boolean;
  overview(words: Words, link: Link): readonly HTMLElement[];
  /** The mutant whose story it is, if it is one's. */
  exhibitOf(story: string): Exhibit | undefined;
}

const languageKey = 'rendezvous.language';

/** The browser may forbid storage; then the language is kept in the address. */
const remembered = (): string | null => {
  try {
    return localStorage.getItem(languageKey);
  } catch {
    return null;
  }
};

const remember = (language: string): string | null => {
  try {
    localStorage.setItem(languageKey, language);
    return null;
  } catch {
    return language;
  }
};

/** What the page was made from. */
export const embeddedData = <Data>(): Data => JSON.parse(document.getElementById('data')?.textContent ?? '') as Data;

/** Shows a page, and follows the address and the keys from then on. */
export const startPage = ({ title, stories, isOneStory, overview, exhibitOf }: Shell): void => {
  const root = document.getElementById('page') as HTMLElement;
  const onlyStory = isOneStory ? (stories[0]?.id ?? null) : null;
  const here = (): Place => {
    const asked = placeOf(location.hash);
    return { ...asked, story: asked.story ?? onlyStory };
  };
  let place = here();
  let view: StoryView | undefined;
  /** Which details the reader opened or closed, and how far down the overview was. */
  const toggled = new Map<string, boolean>();
  let overviewTop = 0;
  let writing = 0;

  const currentWords = (): Words => {
    const language = place.language ?? remembered() ?? navigator.language;
    return wordsOf(language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
  };

  const show = (): void => {
    const words = currentWords();
    document.documentElement.lang = words.language === 'zh' ? 'zh-CN' : 'en';
    const switchLanguage = (): void => {
      const other = words.language === 'zh' ? 'en' : 'zh';
      place = { ...place, language: remember(other) };
      history.replaceState(null, '', hashOf(place));
      show();
    };
    view?.stop();
    view = undefined;
    const all = make('a', { href: hashOf({ ...place, story: null }), class: 'back' }, `← ${words.backToAll}`);
    const header = make(
      'header',
      {},
      onlyStory !== null
        ? make('h1', {}, 'Rendezvous')
        : place.story === null
          ? make('h1', {}, make('bdi', {}, title(words)))
          : all,
      button(
        { class: 'quiet', lang: words.language === 'zh' ? 'en' : 'zh-CN', 'aria-label': words.switchLanguage },
        switchLanguage,
        words.otherLanguage,
      ),
    );
    const main = make('main', {});
    root.replaceChildren(header, main);
    if (place.story === null) showOverview(main, words);
    else showStory(main, place.story, words);
  };

  const showOverview = (main: HTMLElement, words: Words): void => {
    const link: Link = (story, what) =>
      make(
        'a',
        { class: 'see', href: hashOf({ ...place, story, step: 0 }), 'aria-label': words.seeStoryOf(what) },
        `${words.seeStory} →`,
      );
    main.append(...overview(words, link));
    for (const details of main.querySelectorAll<HTMLDetailsElement>('details[data-key]')) {
      const key = details.dataset['key'] as string;
      details.open = toggled.get(key) ?? details.open;
      details.addEventListener('toggle', () => toggled.set(key, details.open));
    }
    document.title = title(words);
    scrollTo(0, overviewTop);
  };

  const showStory = (main: HTMLElement, id: string, words: Words): void => {
    const packed = stories.find((story) => story.id === id);
    if (!packed) {
      main.append(make('p', { class: 'outcome' }, words.noSuchStory));
      return;
    }
    const opened: PageStory = unpack(packed);
    view = storyView(opened, {
      words,
      exhibit: exhibitOf(id),
      step: place.step,
      onStep: (step) => {
        place = { ...place, step };
        clearTimeout(writing); // a browser that is told of every step of a held key soon refuses
        writing = setTimeout(() => history.replaceState(null, '', hashOf(place)), 250);
      },
    });
    main.append(view.element);
    document.title = [...new Set([opened.story.sentence, title(words)])].join(' · ');
    scrollTo(0, 0);
    view.start();
  };

  addEventListener('hashchange', () => {
    clearTimeout(writing);
    const next = here();
    if (place.story === null && next.story !== null) overviewTop = scrollY;
    place = { ...next, language: next.language ?? place.language };
    show();
    if (place.story !== null) root.querySelector('h2')?.focus({ preventScroll: true });
  });

  addEventListener('keydown', (event) => {
    if (!view || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && onlyStory === null) location.hash = hashOf({ ...place, story: null });
    else if (view.onKey(event.key)) event.preventDefault();
  });

  show();
};
