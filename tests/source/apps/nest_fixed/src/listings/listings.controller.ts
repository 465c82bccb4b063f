import { Body, Controller, Delete, Get, Param, Post, Req } from '@nestjs/common';
import { Public } from '../auth/public.decorator';
import { PrismaService } from '../prisma.service';
import { CreateListingDto } from './create-listing.dto';

@Controller('listings')
export class ListingsController {
  constructor(private readonly prisma: PrismaService) {}

  @Public()
  @Get(':id')
  get(@Param('id') id: string) {
    return this.prisma.listing.findUnique({ where: { id } });
  }

  @Post()
  create(@Body() dto: CreateListingDto, @Req() req) {
    return this.prisma.listing.create({ data: { ...dto, sellerId: req.user.id } });
  }

  @Delete(':id')
  remove(@Param('id') id: string, @Req() req) {
    return this.prisma.listing.deleteMany({ where: { id, sellerId: req.user.id } });
  }
}
