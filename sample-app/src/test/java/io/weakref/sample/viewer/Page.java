package io.weakref.sample.viewer;

import java.util.List;
import java.util.UUID;

import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;
import io.weakref.sample.viewer.ViewerController.Look;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A page from the server's point of view: it reports where it looks, then asks for the
 * tiles.
 */
final class Page {

	private final UUID id = UUID.randomUUID();

	private final MockMvcTester server;

	private final JsonMapper json = new JsonMapper();

	Page(MockMvcTester server) {
		this.server = server;
	}

	/**
	 * Report where the page looks, and fetch each tile.
	 * @return the answer of the server after that
	 */
	Look show(Viewport viewport) {
		look(viewport);
		viewport.tiles().forEach(this::fetch);
		return look(viewport);
	}

	Look look(Viewport viewport) {
		return read(this.server.put()
			.uri("/api/viewers/{id}", this.id)
			.contentType(MediaType.APPLICATION_JSON)
			.content(this.json.writeValueAsString(viewport))
			.exchange());
	}

	/**
	 * Fetch a tile.
	 * @return the serial number of its rendering
	 */
	long fetch(TileId tile) {
		MvcTestResult result = this.server.get()
			.uri("/tiles/{zoom}/{x}/{y}.png?viewer={id}", tile.zoom(), tile.x(), tile.y(), this.id)
			.exchange();
		assertThat(result).hasStatusOk().hasContentType(MediaType.IMAGE_PNG);
		String serial = result.getResponse().getHeader("Tile-Serial");
		assertThat(serial).isNotNull();
		return Long.parseLong(serial);
	}

	/**
	 * Ask what the page holds, without reporting.
	 */
	MvcTestResult ask() {
		return this.server.get().uri("/api/viewers/{id}", this.id).exchange();
	}

	Look read(MvcTestResult result) {
		assertThat(result).hasStatusOk();
		return this.json.readValue(result.getResponse().getContentAsByteArray(), Look.class);
	}

	void leave() {
		assertThat(this.server.post().uri("/api/viewers/{id}/departure", this.id)).hasStatus(204);
	}

	static List<Long> serials(Look look) {
		return look.tiles().stream().map(Viewers.HeldTile::serial).toList();
	}

}
