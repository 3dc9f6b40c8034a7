declare module 'search-index'
