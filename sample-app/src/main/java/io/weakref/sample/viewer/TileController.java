package io.weakref.sample.viewer;

import java.util.UUID;

import io.weakref.sample.tile.Atlas;
import io.weakref.sample.tile.Tile;
import io.weakref.sample.tile.TileId;
import org.jspecify.annotations.Nullable;

import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves tiles as PNG. The {@code Tile-Serial} header identifies the instance: the same
 * number means the same instance.
 */
@RestController
class TileController {

	private final Atlas atlas;

	private final Viewers viewers;

	TileController(Atlas atlas, Viewers viewers) {
		this.atlas = atlas;
		this.viewers = viewers;
	}

	@GetMapping("/tiles/{zoom}/{x}/{y}.png")
	ResponseEntity<byte[]> tile(@PathVariable int zoom, @PathVariable long x, @PathVariable long y,
			@RequestParam(name = "viewer", required = false) @Nullable UUID viewerId) {
		TileId id = new TileId(zoom, x, y);
		Tile tile = (viewerId != null) ? this.viewers.find(viewerId)
			.map((viewer) -> this.viewers.show(viewer, id))
			.orElseGet(() -> this.atlas.tile(id)) : this.atlas.tile(id);
		return ResponseEntity.ok()
			.contentType(MediaType.IMAGE_PNG)
			.cacheControl(CacheControl.noCache())
			.eTag(Long.toString(tile.rendering().serial()))
			.header("Tile-Serial", Long.toString(tile.rendering().serial()))
			.header("Tile-Origin", tile.origin().toString())
			.body(tile.rendering().png());
	}

}
