// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReportWorld} from "../report/world/ReportWorld.sol";
import {Handler} from "../support/Handler.sol";

/// @dev The table of the design, and a ledger of what is stopped until when: from what was done, not from what
/// the pool says.
abstract contract StopsLedger is Handler, ReportWorld {
    enum Row {
        Deposit,
        Mint,
        BondWithEther,
        BondWithShares,
        Transfer,
        RequestRedemption,
        Fill,
        Claim,
        StartReport,
        FinishReport,
        MintFees,
        RequestKeys,
        Predeposit,
        TopUp,
        RequestExit,
        Votes,
        SetParameter,
        ExitWithoutProof,
        LockAndDraw,
        TakeVotesBack
    }

    uint256 internal constant ROWS = uint256(type(Row).max) + 1;
    uint256 internal constant STATES = 8;

    // Stops in force, as bits.
    uint256 private constant FROZEN = 1;
    uint256 private constant PAUSED = 2;
    uint256 private constant STALE = 4;
    uint256 private constant QUARANTINE = 8;
    uint256 private constant LEAVING = 16;
    uint256 private constant CLOSED = 32;
    uint256 private constant ANY = 63;

    uint256 internal _frozenUntil;
    uint256 internal _pausedUntil;
    uint256 internal _quarantinedUntil;
    bool internal _topUpLeaving;
    bool internal _closed;

    /// @dev Reports are due since then: a key is live throughout.
    uint256 internal _clockAt;

    // Reports.
    bool internal _reportOpen;
    uint256 internal _startableAt;
    uint64 internal _cut;

    // Shares of the one who redeems: asked for in the present cycle, in closed ones, filled.
    uint256 internal _currentShares;
    uint256 internal _waitingShares;
    uint256 internal _filledShares;

    /// @dev Of the pool's own answers, by the ledger.
    function expectsDeposits() external view returns (bool) {
        return !_isStopped(Row.Deposit);
    }

    function expectsNewKeys() external view returns (bool) {
        return !_isStopped(Row.RequestKeys);
    }

    function expectsTopUps() external view returns (bool) {
        return !_isStopped(Row.TopUp);
    }

    /// @return Of the path that `Walk` demands: this row, tried in this state.
    function pathOf(uint256 row, uint256 state) public pure returns (string memory) {
        string[20] memory rows = [
            "deposit",
            "mint",
            "bond with ETH",
            "bond with shares",
            "transfer",
            "ask for redemption",
            "fill",
            "claim",
            "start a report",
            "finish a report",
            "mint fees",
            "request keys",
            "predeposit",
            "top up",
            "request an exit",
            "lock and unlock votes",
            "set a parameter",
            "exit without proof",
            "lock shares and draw",
            "take votes back at once"
        ];
        string[8] memory states = [
            "working",
            "frozen",
            "paused",
            "reports stale",
            "quarantine",
            "top-up leaving",
            "closed",
            "several stops"
        ];
        return string.concat(rows[row], ", ", states[state]);
    }

    function _isStopped(Row row) internal view returns (bool) {
        if (row >= Row.ExitWithoutProof) return !_closed;
        return _stopsOf(row) & _inForce() != 0;
    }

    /// @dev Whatever else is in force, closed is closed.
    function _state() internal view returns (uint256) {
        uint256 stops = _inForce();
        if (stops & CLOSED != 0) return 6;
        if (stops == 0) return 0;
        for (uint256 i = 0; i < 5; i++) {
            if (stops == 1 << i) return i + 1;
        }
        return 7;
    }

    /// @dev Nothing but a stop could refuse it now.
    function _isReady(Row row) internal view returns (bool) {
        if (row == Row.Fill) return _waitingShares > 0 && (_closed || !_reportOpen);
        if (row == Row.Claim) return _filledShares > 0;
        if (row == Row.StartReport) return block.timestamp >= _startableAt;
        if (row == Row.FinishReport) return _reportOpen;
        return true;
    }

    function _staleAt() internal view returns (uint256) {
        return _clockAt + 3 * DAY;
    }

    function _closableAt() internal view returns (uint256) {
        return _clockAt + 60 * DAY;
    }

    function _inForce() private view returns (uint256 stops) {
        if (block.timestamp < _frozenUntil) stops |= FROZEN;
        if (block.timestamp < _pausedUntil) stops |= PAUSED;
        if (block.timestamp >= _staleAt()) stops |= STALE;
        if (block.timestamp < _quarantinedUntil) stops |= QUARANTINE;
        if (_topUpLeaving) stops |= LEAVING;
        if (_closed) stops |= CLOSED;
    }

    /// @dev The table. Nothing ever stops bonds with shares, transfers, claims, exits, votes and parameters; rotations have
    /// no part in it, as SetChanges does not know the pool.
    function _stopsOf(Row row) private pure returns (uint256) {
        if (row <= Row.BondWithEther) return ANY;
        if (row == Row.Fill) return FROZEN | CLOSED;
        if (row == Row.RequestKeys || row == Row.Predeposit) return PAUSED | QUARANTINE | CLOSED;
        if (row == Row.TopUp) return QUARANTINE | CLOSED;
        bool untilClosed =
            row == Row.RequestRedemption || row == Row.StartReport || row == Row.FinishReport || row == Row.MintFees;
        return untilClosed ? CLOSED : 0;
    }
}
