/** Nothing: what is absent is not in the types. */
export {};
