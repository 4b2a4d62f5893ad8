import { SetMetadata } from '@nestjs/common';

export const CREDENTIAL_PLACES = 'registry:credential-places';

/** Where a protocol of others carries its credential. */
export interface CredentialPlaces {
  /** In lower case. */
  header: string;
  query: string;
}

/**
 * The routes of a controller take a key or token there too, for clients that know no other place. What stands in a query is
 * never logged, as no query is.
 */
export const CredentialAlsoIn = (places: CredentialPlaces): ClassDecorator => SetMetadata(CREDENTIAL_PLACES, places);
