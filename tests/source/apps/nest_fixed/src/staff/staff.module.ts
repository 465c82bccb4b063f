import { Module } from '@nestjs/common';
import { PrismaService } from '../prisma.service';
import { StaffController } from './staff.controller';

@Module({ controllers: [StaffController], providers: [PrismaService] })
export class StaffModule {}
