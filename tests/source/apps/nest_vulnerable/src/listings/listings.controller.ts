import { Body, Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { PrismaService } from '../prisma.service';

@Controller('listings')
export class ListingsController {
  constructor(private readonly prisma: PrismaService) {}

  @Get(':id')
  get(@Param('id') id: string) {
    return this.prisma.listing.findUnique({ where: { id } });
  }

  @UseGuards(JwtAuthGuard)
  @Post()
  create(@Body() body: any) {
    return this.prisma.listing.create({ data: body });
  }

  @UseGuards(JwtAuthGuard)
  @Delete(':id')
  remove(@Param('id') id: string) {
    return this.prisma.listing.delete({ where: { id } });
  }
}
