// The service sends one shell for every address; all pages are drawn on the phone from its own store.
export const ssr = false;
export const prerender = false;
