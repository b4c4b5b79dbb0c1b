package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Stores images in Redis as the PNG in their rendering.
 */
final class PngSerializer implements RedisSerializer<BufferedImage> {

	private final TileImages images;

	PngSerializer(TileImages images) {
		this.images = images;
	}

	@Override
	public byte[] serialize(@Nullable BufferedImage image) {
		return (image != null) ? this.images.of(image).png() : new byte[0];
	}

	@Override
	public @Nullable BufferedImage deserialize(byte @Nullable [] png) {
		if (png == null || png.length == 0) {
			return null;
		}
		long start = System.nanoTime();
		BufferedImage image = Png.read(png);
		this.images.add(image, Origin.REDIS, Duration.ofNanos(System.nanoTime() - start), png);
		return image;
	}

}
