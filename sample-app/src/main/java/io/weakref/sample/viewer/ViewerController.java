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
 * Receives where a page looks, and answers which tiles it therefore holds and which other
 * viewers there are.
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
	 * A POST request, because a page that is being closed cannot send any other.
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
	 * A requested viewport, which may lie outside the plane.
	 */
	record Place(int zoom, long left, long top, long right, long bottom) {

		Viewport viewport() {
			return new Viewport(this.zoom, this.left, this.top, this.right, this.bottom);
		}

	}

	/**
	 * The answer to a viewer.
	 *
	 * @param number the viewer's own number
	 * @param tiles the tiles held for the viewer
	 * @param viewers all viewers, including this one
	 */
	record Look(int number, List<Viewers.HeldTile> tiles, List<Looker> viewers) {
	}

	/**
	 * The public information about a viewer.
	 *
	 * @param present false if the viewer has left and has not been garbage collected yet
	 * @param tiles how many tiles the viewer holds
	 * @param seen how many tiles the viewer was shown so far
	 * @param shared how many of these were already in use
	 */
	record Looker(int number, boolean simulated, boolean present, Viewport viewport, int tiles, long seen,
			long shared) {
	}

}
