import { Controller, Get } from '@nestjs/common';
import { PrismaService } from '../prisma.service';

@Controller('staff')
export class StaffController {
  constructor(private readonly prisma: PrismaService) {}

  @Get('members')
  members() {
    return this.prisma.user.findMany();
  }
}
