"""Answers with files of pages. Anybody gets them."""

import azure.functions as func

from rooms.pages.files import Page


def file_answer(http: func.HttpRequest, page: Page, name: str) -> func.HttpResponse:
    """Answers with a file of a page: 304 if the browser has it, 404 if there is none."""
    if (file := page.files.get(name)) is None:
        return func.HttpResponse("The page has no such file.\n", status_code=404)
    headers = page_headers(page) | {"ETag": file.etag}
    if file.etag in http.headers.get("if-none-match", ""):
        return func.HttpResponse(status_code=304, headers=headers | {"Content-Type": ""})
    headers["Content-Type"] = f"{file.media_type}; charset=utf-8"
    if "gzip" not in http.headers.get("accept-encoding", ""):
        return func.HttpResponse(file.content, headers=headers)
    return func.HttpResponse(file.gzipped, headers=headers | {"Content-Encoding": "gzip"})


def not_installed(page: str) -> func.HttpResponse:
    """Answers that the libraries of a page are missing, and what to do."""
    return func.HttpResponse(
        f"The {page}'s libraries are missing. Install them beside the app: npm install "
        "--omit=dev\n"
        "(make start does this. Before a deployment, run it in the folder that you deploy.)\n",
        status_code=404,
    )


def page_headers(page: Page) -> dict[str, str]:
    """Returns the headers of all that a page is made of."""
    return {
        "Content-Security-Policy": page.policy,
        "Cache-Control": "no-cache",  # kept, but revalidated, so that an upgrade shows at once
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
