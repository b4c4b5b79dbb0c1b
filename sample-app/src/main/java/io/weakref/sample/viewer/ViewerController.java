package io.weakref.sample.viewer;

import java.util.List;
import java.util.UUID;

import io.weakref.sample.tile.Viewport;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Tells pages and server about each other: where a page looks, what it therefore holds,
 * and who else is looking.
 */
@RestController
@RequestMapping("/api")
class ViewerController {

	private final Viewers viewers;

	private final SimulatedViewers simulatedViewers;

	ViewerController(Viewers viewers, SimulatedViewers simulatedViewers) {
		this.viewers = viewers;
		this.simulatedViewers = simulatedViewers;
	}

	@PutMapping("/viewers/{id}")
	Look look(@PathVariable UUID id, @RequestBody Place place) {
		return look(this.viewers.look(id, place.viewport()));
	}

	@GetMapping("/viewers/{id}")
	Look look(@PathVariable UUID id) {
		return look(this.viewers.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "Viewer " + id + " is not looking.")));
	}

	private Look look(Viewer viewer) {
		return new Look(viewer.number(), this.viewers.tiles(viewer), all());
	}

	@GetMapping("/viewers")
	List<Looker> all() {
		return this.viewers.remembered().stream().map(this::looker).toList();
	}

	private Looker looker(Viewer viewer) {
		Activity activity = this.viewers.activity(viewer);
		return new Looker(viewer.number(), viewer.isSimulated(), viewer.isPresent(), viewer.viewport(),
				viewer.held().size(), activity.seen(), activity.shared());
	}

	/**
	 * By POST, for a page that is being closed can send nothing else.
	 */
	@PostMapping("/viewers/{id}/departure")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void leave(@PathVariable UUID id) {
		this.viewers.leave(id);
	}

	@PostMapping("/simulated-viewers")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void simulate(@RequestBody Place place) {
		if (!this.simulatedViewers.add(place.viewport())) {
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"There are %d simulated viewers already, and no more are allowed."
						.formatted(SimulatedViewers.LIMIT));
		}
	}

	@DeleteMapping("/simulated-viewers")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void dismissSimulated() {
		this.viewers.dismissSimulated();
	}

	/**
	 * A viewport as it is asked for, which may not exist.
	 */
	record Place(int zoom, long left, long top, long right, long bottom) {

		Viewport viewport() {
			return new Viewport(this.zoom, this.left, this.top, this.right, this.bottom);
		}

	}

	/**
	 * What a viewer is told.
	 *
	 * @param number the viewer's own number
	 * @param tiles the tiles held for the viewer
	 * @param viewers everybody, the viewer included
	 */
	record Look(int number, List<Viewers.HeldTile> tiles, List<Looker> viewers) {
	}

	/**
	 * What everybody may know of a viewer.
	 *
	 * @param present false after the viewer left, until the collector has taken it
	 * @param tiles how many tiles the viewer holds
	 * @param seen how many tiles the viewer was shown so far
	 * @param shared how many of these were there already
	 */
	record Looker(int number, boolean simulated, boolean present, Viewport viewport, int tiles, long seen,
			long shared) {
	}

}
