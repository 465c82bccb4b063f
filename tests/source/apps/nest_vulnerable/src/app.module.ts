import { Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module';
import { ListingsModule } from './listings/listings.module';
import { StaffModule } from './staff/staff.module';

@Module({ imports: [AuthModule, ListingsModule, StaffModule] })
export class AppModule {}
