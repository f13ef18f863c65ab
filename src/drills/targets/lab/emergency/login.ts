/** The one login that emergencies share: it is there while one is granted. */
export const EMERGENCY_LOGIN = 'launchgate_break_glass';
