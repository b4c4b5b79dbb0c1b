package com.example;

import java.awt.image.BufferedImage;

import io.weakref.collection.WeakValueDictionary;

import org.springframework.stereotype.Service;

/**
 * Recipe: one shared instance for each id.
 */
@Service
class TileService {

	private final WeakValueDictionary<TileId, BufferedImage> tiles;

	TileService(WeakValueDictionary<TileId, BufferedImage> tiles) {
		this.tiles = tiles;
	}

	BufferedImage tile(TileId id) {
		return this.tiles.computeIfAbsent(id, Renderer::render);
	}

}
