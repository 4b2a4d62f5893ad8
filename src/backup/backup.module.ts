import { Module } from '@nestjs/common';
import { BackupController } from './backup.controller.js';
import { BackupService } from './backup.service.js';

/** Everything that the registry holds, to be kept elsewhere. */
@Module({ controllers: [BackupController], providers: [BackupService] })
export class BackupModule {}
