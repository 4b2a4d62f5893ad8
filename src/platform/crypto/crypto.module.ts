import { Global, Module } from '@nestjs/common';
import { DataKeys } from './data-keys.js';
import { MasterKeys } from './master-keys.js';
import { SecretBox } from './secret-box.js';

/** Encryption of secrets at rest, for everyone who stores some. */
@Global()
@Module({ providers: [DataKeys, MasterKeys, SecretBox], exports: [SecretBox] })
export class CryptoModule {}
