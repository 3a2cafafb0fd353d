// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../contracts/governance/Parameters.sol";
import {VerifierReplacement} from "../../../contracts/governance/VerifierReplacement.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IVerifierReplacement} from "../../../contracts/interfaces/IVerifierReplacement.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Handler} from "../support/Handler.sol";
import {Walk} from "../support/Walk.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {SimulatedQueue} from "./SimulatedQueue.sol";

/// @dev Governance, guardian, holders and keepers, with a ledger of every single request: when it was made, how much of it
/// is filled. What the contract may allow is decided by that ledger alone.
contract ReplacementHandler is Handler {
    struct Request {
        uint256 time;
        uint256 cycleOpened;
        uint256 unfilled;
    }

    uint256 private constant DAY = 1 days;

    SimulatedQueue public immutable QUEUE = new SimulatedQueue();
    VerifierReplacement public immutable REPLACEMENT;
    IBeaconVerifier[3] private _verifiers;

    Request[] private _requests;
    uint256 private _firstUnfilled;
    uint256 private _cycleOpened;
    bool private _cycleIsEmpty = true;
    uint256 private _lastReport;
    uint256 private _queuedAt;
    bool private _queuedRepeats;
    mapping(IBeaconVerifier verifier => uint256) private _firstObjection;

    IBeaconVerifier public ledgerCurrent;
    IBeaconVerifier public ledgerQueued;
    uint256 public ledgerQuarantine;

    constructor() {
        Wiring memory w = wiringOf(address(QUEUE), 1 days);
        w.governance = w.guardian = address(this);
        w.parameters = address(new Parameters(w));
        for (uint256 i = 0; i < 3; i++) {
            // Any contract will do: nobody asks it here.
            _verifiers[i] = IBeaconVerifier(address(new SimulatedQueue()));
        }
        REPLACEMENT = new VerifierReplacement(w, _verifiers[0]);
        ledgerCurrent = _verifiers[0];
        _lastReport = block.timestamp;
    }

    function wait(uint256 time) external step {
        vm.warp(block.timestamp + bound(time, 1 hours, 20 * DAY));
        reached["wait"]++;
    }

    function request(uint256 shares) external step {
        shares = bound(shares, 1, 1_000);
        QUEUE.request(shares);
        _requests.push(Request(block.timestamp, _cycleOpened, shares));
        _cycleIsEmpty = false;
        reached["request"]++;
    }

    function report() external step {
        QUEUE.report();
        _lastReport = block.timestamp;
        if (!_cycleIsEmpty) _cycleOpened = block.timestamp;
        _cycleIsEmpty = true;
        reached["report"]++;
    }

    function fill(uint256 shares) external step {
        uint256 filled = QUEUE.fill(bound(shares, 1, 3_000));
        for (; filled > 0 && _firstUnfilled < _requests.length;) {
            Request storage oldest = _requests[_firstUnfilled];
            uint256 part = oldest.unfilled < filled ? oldest.unfilled : filled;
            oldest.unfilled -= part;
            filled -= part;
            if (oldest.unfilled == 0) _firstUnfilled++;
        }
        reached["fill"]++;
    }

    function queue(uint256 which) external step {
        IBeaconVerifier verifier = _verifiers[which % 3];
        if (address(ledgerQueued) != address(0)) {
            vm.expectPartialRevert(IVerifierReplacement.ReplacementPending.selector);
            REPLACEMENT.queue(verifier);
            return;
        }
        REPLACEMENT.queue(verifier);
        ledgerQueued = verifier;
        _queuedAt = block.timestamp;
        uint256 objection = _firstObjection[verifier];
        _queuedRepeats = objection != 0 && block.timestamp - objection >= 60 * DAY;
        reached[_queuedRepeats ? "queue again" : "queue"]++;
    }

    /// @dev Rare, so that something is left to be executed.
    function withdraw(uint256 mood) external step {
        if (mood % 8 != 0 || address(ledgerQueued) == address(0)) return;
        REPLACEMENT.withdraw();
        delete ledgerQueued;
        reached["withdraw"]++;
    }

    function cancel(uint256 mood) external step {
        if (mood % 4 != 0 || address(ledgerQueued) == address(0)) return;
        if (_queuedRepeats) {
            vm.expectPartialRevert(IVerifierReplacement.ReplacementNotCancellable.selector);
            REPLACEMENT.cancel(ledgerQueued);
            reached["cancel in vain"]++;
            return;
        }
        REPLACEMENT.cancel(ledgerQueued);
        if (_firstObjection[ledgerQueued] == 0) _firstObjection[ledgerQueued] = _queuedAt;
        delete ledgerQueued;
        reached["cancel"]++;
    }

    function execute() external step {
        uint256 deadline = _queuedAt + 14 * DAY;
        bool silent = block.timestamp - _lastReport > 21 * DAY;
        bool allLeft = _firstUnfilled == _requests.length;
        bool left = allLeft || _requests[_firstUnfilled].time > deadline;
        uint256 age = block.timestamp - _queuedAt;
        bool inTime = address(ledgerQueued) != address(0) && age >= 30 * DAY && age < 180 * DAY;
        try REPLACEMENT.execute() {
            check(inTime, "not queued between 30 and 180 days ago");
            check(silent || left, "somebody was still leaving");
            ledgerCurrent = ledgerQueued;
            ledgerQuarantine = block.timestamp + 30 * DAY;
            delete ledgerQueued;
            reached[left ? "execute after all left" : "execute in silence"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
            // The contract knows of a request only when its cycle began to take requests.
            bool knownToHaveLeft = allLeft || _requests[_firstUnfilled].cycleOpened > deadline;
            check(!inTime || !(silent || knownToHaveLeft), "refused for no reason");
            if (inTime) reached["holders leaving"]++;
        }
    }
}

contract VerifierReplacementInvariants is Walk {
    ReplacementHandler private handler;

    function setUp() external {
        handler = new ReplacementHandler();
        targetContract(address(handler));
        _moves = [
            ReplacementHandler.wait.selector,
            ReplacementHandler.request.selector,
            ReplacementHandler.report.selector,
            ReplacementHandler.fill.selector,
            ReplacementHandler.queue.selector,
            ReplacementHandler.withdraw.selector,
            ReplacementHandler.cancel.selector,
            ReplacementHandler.execute.selector
        ];
        _paths = ["wait", "request", "report", "fill", "queue"];
        _rarePaths = [
            "queue again",
            "withdraw",
            "cancel",
            "cancel in vain",
            "holders leaving",
            "execute after all left",
            "execute in silence"
        ];
        _play(handler, 1_200);
    }

    function invariant_verifierIsWhatTheLedgerAllowed() public view {
        check(address(handler.REPLACEMENT().current()) == address(handler.ledgerCurrent()), "current");
        check(address(handler.REPLACEMENT().queued().verifier) == address(handler.ledgerQueued()), "queued");
    }

    function invariant_everyReplacementIsQuarantined() public view {
        check(handler.QUEUE().quarantinedUntil() == handler.ledgerQuarantine(), "quarantine");
    }

    /// @dev The rare paths of the handler, walked on purpose: its ledger agrees on each.
    function test_replacedAfterAllWhoAskedInTimeHaveLeft() external {
        handler.request(100);
        handler.queue(1);
        handler.wait(13 days - 1 hours);
        handler.request(100);
        handler.wait(2 days);
        handler.report();
        handler.wait(16 days);
        handler.request(7);
        handler.report();
        handler.execute();
        _requireReached("holders leaving");
        handler.fill(200);
        handler.execute();
        check(handler.reached("holders leaving") == 2, "one share of those who asked in time is left");
        handler.fill(0);
        handler.execute();
        _requireReached("execute after all left");
    }

    function test_replacedInSilenceAlthoughSomebodyWaits() external {
        handler.request(100);
        handler.queue(2);
        handler.wait(20 days - 1 hours);
        handler.wait(11 days);
        handler.execute();
        _requireReached("execute in silence");
    }

    function test_secondProposalAfterSixtyDaysCannotBeCancelled() external {
        handler.queue(1);
        handler.cancel(0);
        for (uint256 i = 0; i < 2; i++) handler.wait(19 days);
        handler.queue(1);
        handler.cancel(0);
        for (uint256 i = 0; i < 2; i++) handler.wait(19 days);
        handler.queue(1);
        _requireReached("queue again");
        handler.cancel(0);
        _requireReached("cancel in vain");
        check(handler.reached("cancel") == 2, "twice before");
    }

    function _requireInvariants() internal view override {
        invariant_verifierIsWhatTheLedgerAllowed();
        invariant_everyReplacementIsQuarantined();
    }

    function _requireReached(string memory action) private view {
        _requireNoViolation(handler);
        check(handler.reached(action) > 0, string.concat("never reached: ", action));
    }
}
