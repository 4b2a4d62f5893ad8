export const ROLE_NAME = /^[a-z][a-z0-9_-]{0,62}$/;
export const ROLE_NAME_RULE = 'must be a letter and at most 62 more letters, digits, _ or -';
