/** Starts the page: reads the data, shows the overview or a story, follows the address, speaks the reader's language. */
import type { PageStory } from '#reports/html/client/data.ts';
import { button, make } from '#reports/html/client/dom.ts';
import { museumElement } from '#reports/html/client/exhibit.ts';
import { canaryElement, checksElement, heroElement } from '#reports/html/client/overview.ts';
import { type PackedPage, unpack } from '#reports/html/client/packed.ts';
import { hashOf, type Place, placeOf } from '#reports/html/client/route.ts';
import { type StoryView, storyView } from '#reports/html/client/story-view.ts';
import { wordsOf } from '#reports/html/client/words.ts';

const languageKey = 'rendezvous.language';
const page = JSON.parse(document.getElementById('data')?.textContent ?? '') as PackedPage;
const root = document.getElementById('page') as HTMLElement;
const data = { ...page, stories: [] };
/** A page of nothing but one story opens it at once. */
const onlyStory =
  page.checks.length === 0 && page.museum.length === 0 && page.stories.length === 1
    ? (page.stories[0]?.id ?? null)
    : null;
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

const currentLanguage = (): string => {
  const language = place.language ?? remembered() ?? navigator.language;
  return language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
};

const show = (): void => {
  const words = wordsOf(currentLanguage());
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
    onlyStory !== null ? make('h1', {}, 'Rendezvous') : place.story === null ? make('h1', {}, page.title) : all,
    button(
      { class: 'quiet', lang: words.language === 'zh' ? 'en' : 'zh-CN', 'aria-label': words.switchLanguage },
      switchLanguage,
      words.otherLanguage,
    ),
  );
  const main = make('main', {});
  root.replaceChildren(header, main);
  if (place.story === null) showOverview(main);
  else showStory(main, place.story);
};

const showOverview = (main: HTMLElement): void => {
  const words = wordsOf(currentLanguage());
  const link = (story: string, what: string): HTMLElement =>
    make(
      'a',
      { class: 'see', href: hashOf({ ...place, story, step: 0 }), 'aria-label': words.seeStoryOf(what) },
      `${words.seeStory} →`,
    );
  main.append(heroElement(data, words));
  if (data.canary) main.append(canaryElement(data.canary, words, link));
  if (data.checks.length > 0) main.append(checksElement(data.checks, words, link));
  if (data.museum.length > 0) main.append(museumElement(data.museum, words, link));
  for (const details of main.querySelectorAll<HTMLDetailsElement>('details[data-key]')) {
    const key = details.dataset['key'] as string;
    details.open = toggled.get(key) ?? details.open;
    details.addEventListener('toggle', () => toggled.set(key, details.open));
  }
  document.title = page.title;
  scrollTo(0, overviewTop);
};

const showStory = (main: HTMLElement, id: string): void => {
  const words = wordsOf(currentLanguage());
  const packed = page.stories.find((story) => story.id === id);
  if (!packed) {
    main.append(make('p', { class: 'outcome' }, words.noSuchStory));
    return;
  }
  const opened: PageStory = unpack(packed);
  view = storyView(opened, {
    words,
    exhibit: page.museum.find((exhibit) => exhibit.story === id),
    step: place.step,
    onStep: (step) => {
      place = { ...place, step };
      clearTimeout(writing); // a browser that is told of every step of a held key soon refuses
      writing = setTimeout(() => history.replaceState(null, '', hashOf(place)), 250);
    },
  });
  main.append(view.element);
  document.title = [...new Set([opened.story.sentence, page.title])].join(' · ');
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
