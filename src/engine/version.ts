/** Version of the studio, written into exports; a test holds it equal to package.json's. */
export const STUDIO_VERSION = "0.1.0";
