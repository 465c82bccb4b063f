import { Module } from '@nestjs/common';
import { PrismaService } from '../prisma.service';
import { ListingsController } from './listings.controller';

@Module({ controllers: [ListingsController], providers: [PrismaService] })
export class ListingsModule {}
