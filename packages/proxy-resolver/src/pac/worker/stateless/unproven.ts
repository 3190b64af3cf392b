/** Thrown where the proof fails; says nothing about the script. */
export class Unproven extends Error {}
