# Every target sets itself up: .venv with the exact versions of constraints.txt.
PYTHON ?= python3
BIN = .venv/bin
# The time budget of make bench-quality and where each contestant is scored on the way to it; and
# where the best peer is scored, which goes on after it.
SECONDS ?= 10 20 30 60 120
LONGER ?= 600 1800
# A new folder each time: a finished run would train nothing.
COURSE := runs/course-$(shell date +%Y%m%d-%H%M%S)

.PHONY: help course test browser lab site handouts figures bench bench-quality soak notebooks classifier clean

help:
	@echo "make course      run notebooks/03_cgan.ipynb headless, with progress"
	@echo "make test        lint, unit tests, and every notebook against its committed outputs"
	@echo "make browser     the notebooks in a real JupyterLab and browser (Chromium, or GANLIB_BROWSER)"
	@echo "make lab         JupyterLab on the notebooks"
	@echo "make site        the course as web pages, in site/build; no network is needed"
	@echo "make handouts    for a class: notebooks without solutions, and slides, in runs/handouts"
	@echo "make figures     write every picture of the README anew"
	@echo "make bench       speed, then make bench-quality"
	@echo "make bench-quality  quality against time, ours beside four well-known recipes"
	@echo "make soak        kill, stop and damage a training 400 times; it ends as if nothing had been"
	@echo "make notebooks   run the notebooks in place, as they are committed"
	@echo "make classifier  train the shipped Fashion-MNIST classifier anew, and measure what it sees"

# The stamp is touched last, so a set-up that was cut off is done again.
.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13) and \
	    f"ganlib needs Python 3.11 to 3.13; $(PYTHON) is {v[0]}.{v[1]}. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --upgrade -c constraints.txt pip setuptools wheel
	$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed -c constraints.txt -e '.[test]'
	@touch $@

course: .venv/ready
	@mkdir -p runs
	$(BIN)/papermill --log-output --no-progress-bar notebooks/03_cgan.ipynb $(COURSE).ipynb -p run_dir $(COURSE)
	@test -f $(COURSE)/class_grid.png -a -f $(COURSE)/metrics.json
	@echo
	@echo "executed notebook  $(COURSE).ipynb"
	@echo "picture            $(COURSE)/class_grid.png"
	@echo "animation          $(COURSE)/training.gif"
	@echo "metrics            $(COURSE)/metrics.json"

# Two processes share the cores: each takes half of them, or they would wait for one another.
test: export TF_NUM_INTRAOP_THREADS = $(shell $(PYTHON) -c 'import os; print(max(1, os.cpu_count() // 2))')
test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -n 2 --dist loadfile tests
	$(BIN)/pytest --nbval -n 2 --dist loadfile notebooks

browser: .venv/ready
	$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed -c constraints.txt -e '.[browser]'
	$(BIN)/pytest tests/browser/*_in_browser.py tests/browser/in_browser.py

lab: .venv/ready
	$(BIN)/jupyter lab --notebook-dir=notebooks

site: .venv/ready
	$(BIN)/python site/build.py

handouts: .venv/ready
	$(BIN)/python -m benchmarks.handouts

figures: .venv/ready
	$(BIN)/python -m benchmarks.figures

bench: .venv/ready
	$(BIN)/python -m benchmarks.bench
	$(MAKE) bench-quality

bench-quality: .venv/ready
	$(BIN)/python -m benchmarks.quality --seconds $(SECONDS) --longer $(LONGER)
	$(BIN)/python -m benchmarks.readme

soak: .venv/ready
	$(BIN)/python -m benchmarks.soak --write

notebooks: .venv/ready
	cd notebooks && ../$(BIN)/jupyter nbconvert --to notebook --execute --inplace \
	    --ExecutePreprocessor.record_timing=False --ExecutePreprocessor.timeout=-1 \
	    --ExecutePreprocessor.store_widget_state=False [0-9]*.ipynb

classifier: .venv/ready
	$(BIN)/python -m ganlib.evaluation.classifier
	$(BIN)/python -m ganlib.evaluation.reference

clean:
	rm -rf .venv
