/** Style sheets are imported for their effect; the bundler gathers them in dist/webview.css. */
declare module '*.css';
