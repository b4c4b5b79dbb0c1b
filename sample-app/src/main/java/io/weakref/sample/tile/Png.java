package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Converts images to and from PNG. A PNG contains the time at which it was created, so
 * that no two renderings of a tile have the same bytes.
 */
final class Png {

	private static final String FORMAT = "javax_imageio_png_1.0";

	private Png() {
	}

	static byte[] write(BufferedImage image, Instant createdAt) {
		ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
		ByteArrayOutputStream png = new ByteArrayOutputStream(1 << 16);
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(png)) {
			IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
			metadata.mergeTree(FORMAT, creationTime(createdAt));
			writer.setOutput(stream);
			writer.write(new IIOImage(image, null, metadata));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			writer.dispose();
		}
		return png.toByteArray();
	}

	private static IIOMetadataNode creationTime(Instant time) {
		IIOMetadataNode entry = new IIOMetadataNode("tEXtEntry");
		entry.setAttribute("keyword", "Creation Time");
		entry.setAttribute("value", time.toString());
		IIOMetadataNode text = new IIOMetadataNode("tEXt");
		text.appendChild(entry);
		IIOMetadataNode root = new IIOMetadataNode(FORMAT);
		root.appendChild(text);
		return root;
	}

	static BufferedImage read(byte[] png) {
		try {
			BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
			if (image == null) {
				throw new IOException("The data is not an image");
			}
			return image;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
