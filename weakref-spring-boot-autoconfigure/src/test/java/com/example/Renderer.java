package com.example;

import java.awt.image.BufferedImage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Renders tiles, and counts them.
 */
final class Renderer {

	static final AtomicInteger rendered = new AtomicInteger();

	private Renderer() {
	}

	static BufferedImage render(TileId id) {
		rendered.incrementAndGet();
		BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
		image.setRGB(0, 0, id.column() << 8 | id.row());
		return image;
	}

}
