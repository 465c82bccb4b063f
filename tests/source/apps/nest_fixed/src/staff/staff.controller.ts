import { Controller, Get } from '@nestjs/common';
import { Roles } from '../auth/roles.decorator';
import { PrismaService } from '../prisma.service';

@Roles(['admin'])
@Controller('staff')
export class StaffController {
  constructor(private readonly prisma: PrismaService) {}

  @Roles(['admin'])
  @Get('members')
  members() {
    return this.prisma.user.findMany({ select: { id: true, email: true } });
  }
}
